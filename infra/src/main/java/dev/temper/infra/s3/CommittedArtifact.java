package dev.temper.infra.s3;

import dev.temper.activities.Manifest;

/**
 * What lies at an artifact's key.
 *
 * @param commit under which its files lie; by it a writer knows its own manifest
 */
record CommittedArtifact(String commit, Manifest manifest) {}

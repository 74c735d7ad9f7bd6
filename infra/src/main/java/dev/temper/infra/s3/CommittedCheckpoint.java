package dev.temper.infra.s3;

import dev.temper.activities.CheckpointManifest;

/**
 * What lies at a checkpoint's path.
 *
 * @param commit under which its files lie
 */
record CommittedCheckpoint(String commit, CheckpointManifest manifest) {}

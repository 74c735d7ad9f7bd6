package dev.temper.recipes;

/**
 * One output of a finished stage, by its content.
 *
 * @param content SHA-256 over the content files of the artifact
 * @param output which of its outputs
 */
public record ArtifactRef(String content, String output) {}

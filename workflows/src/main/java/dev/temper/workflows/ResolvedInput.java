package dev.temper.workflows;

/**
 * An input of a stage, once the stage that makes it has finished.
 *
 * @param stage who made it
 * @param key the artifact that holds it
 * @param content content hash of that artifact
 * @param output which of its outputs; empty for the default one
 * @param folder where that output lies inside the artifact; empty for its root
 */
public record ResolvedInput(
    String stage, String key, String content, String output, String folder) {}

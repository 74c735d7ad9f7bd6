package dev.temper.activities;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a stage computes, as the store knows it.
 *
 * @param key name of the artifact: equal keys, equal results
 * @param kind for example {@code sft}
 * @param spec canonical JSON, every input replaced by its content hash
 * @param numericsVersion of this stage kind; checkpoints of another one are refused
 */
public record StageIdentity(String key, String kind, JsonNode spec, int numericsVersion) {}

package dev.temper.recipes;

/**
 * How completions are sampled.
 *
 * @param temperature 0 for greedy
 * @param maxCompletionTokens per completion, end token included
 * @param chunkSequences sequences that one thread generates together; part of the key, since the
 *     last bit of a matrix product depends on its shape
 * @param slots sequences of a chunk that are decoded at the same time; a finished one's place is
 *     refilled
 */
public record SamplingSpec(
    double temperature, int maxCompletionTokens, int chunkSequences, int slots) {}

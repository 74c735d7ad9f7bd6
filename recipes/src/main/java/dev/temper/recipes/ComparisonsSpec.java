package dev.temper.recipes;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads pairs that people or models have compared elsewhere.
 *
 * @param policy whose tokenizer and length they are made for
 * @param data preferences, rankings or ratings
 * @param split pairs per named split; a prompt is in one split only; iterates by name
 */
public record ComparisonsSpec(
    Input policy, DataSource data, Map<String, Integer> split, long seed, Numerics numerics)
    implements StageSpec {
  public ComparisonsSpec {
    // Sorted: two orders of the same splits are one stage, with one key.
    split = Collections.unmodifiableMap(new TreeMap<>(split));
  }
}

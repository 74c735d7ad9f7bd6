package dev.temper.recipes;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Samples completions per prompt and has pairs of them compared.
 *
 * @param split pairs per named split; a prompt is in one split only; iterates by name
 */
public record PreferencesSpec(
    Input policy,
    DataSource prompts,
    int completionsPerPrompt,
    SamplingSpec sampling,
    LabellerSpec labeller,
    Map<String, Integer> split,
    long seed,
    Numerics numerics)
    implements StageSpec {
  public PreferencesSpec {
    // Sorted: two orders of the same splits are one stage, with one key.
    split = Collections.unmodifiableMap(new TreeMap<>(split));
  }
}

package dev.temper.trainers;

import java.util.Map;

/**
 * What a finished stage offers to others.
 *
 * @param outputs folder inside the artifact by output name; the default output has the empty name,
 *     a snapshot the name {@code @120}, and the artifact's root is the empty folder
 * @param summary final metrics: shown, compared, and what gates look at
 */
public record StageOutput(Map<String, String> outputs, Map<String, Double> summary) {
  public StageOutput {
    outputs = Map.copyOf(outputs);
    summary = Map.copyOf(summary);
  }
}

package dev.temper.trainers.stage;

import java.util.List;
import java.util.SortedMap;

/**
 * What one model got on one suite: a line of the checkpoints of an evaluation.
 *
 * @param values by metric, one for each prompt in the order of the suite; their mean is the metric
 */
record Measurement(
    String suite, String model, SortedMap<String, double[]> values, List<Sample> samples) {

  Measurement {
    samples = List.copyOf(samples);
  }

  /** A completion to look at: a line of {@code samples.jsonl}. */
  record Sample(
      long step,
      String suite,
      String model,
      String prompt,
      String completion,
      boolean ended,
      SortedMap<String, Double> metrics) {}
}

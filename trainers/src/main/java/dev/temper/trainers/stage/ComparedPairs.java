package dev.temper.trainers.stage;

import dev.temper.recipes.Input;
import dev.temper.trainers.Inputs;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The pairs that a reward model or a policy learns from and is measured on.
 *
 * @param all training pairs as they were labelled
 * @param training those that something can be learned from: no ties, no identical completions
 * @param test held-out pairs as they were labelled; empty without any
 */
record ComparedPairs(List<PairRow> all, List<PairRow> training, List<PairRow> test) {

  /**
   * @throws StageFailure DATA_CONTRACT if no pair is left, or a prompt is in both sets
   */
  static ComparedPairs read(Input pairs, Optional<Input> test, Inputs inputs) throws IOException {
    List<PairRow> all = rows(pairs, inputs);
    List<PairRow> training =
        all.stream().filter(pair -> !pair.tie() && !pair.tokenIdentical()).toList();
    if (training.isEmpty()) {
      PairStatistics counts = PairStatistics.of(all);
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT,
          "none of the %d pairs of %s can be learned from (%d ties, %d of identical completions)"
              .formatted(all.size(), pairs.text(), counts.ties(), counts.identical()));
    }
    List<PairRow> heldout = test.isPresent() ? rows(test.get(), inputs) : List.of();
    requireDisjoint(pairs, all, test, heldout);
    return new ComparedPairs(all, training, heldout);
  }

  private static List<PairRow> rows(Input input, Inputs inputs) throws IOException {
    return JsonLines.read(inputs.folder(input).resolve(PairRow.FILE), PairRow.class);
  }

  private static void requireDisjoint(
      Input pairs, List<PairRow> training, Optional<Input> test, List<PairRow> heldout) {
    Set<String> trained = training.stream().map(PairRow::prompt).collect(Collectors.toSet());
    List<String> shared =
        heldout.stream().map(PairRow::prompt).filter(trained::contains).distinct().toList();
    if (!shared.isEmpty()) {
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT,
          "%d prompts are both in the training pairs %s and in the test pairs %s, for example '%s'"
              .formatted(
                  shared.size(), pairs.text(), test.map(Input::text).orElse("-"), shared.get(0)));
    }
  }

  /** Pairs whose completions the scores are normalized on. */
  List<PairRow> forNormalization() {
    return test.isEmpty() ? all : test;
  }

  /** Named by role and not by stage: a stage's name must not change its artifact. */
  String normalizationSource() {
    return test.isEmpty() ? "train" : "test";
  }

  Map<String, Double> metrics() {
    PairStatistics counts = PairStatistics.of(all);
    Map<String, Double> metrics = new TreeMap<>();
    metrics.put("data/pairs", (double) training.size());
    metrics.put("data/dropped_ties", (double) counts.ties());
    metrics.put(
        "data/dropped_identical",
        (double) all.stream().filter(pair -> !pair.tie() && pair.tokenIdentical()).count());
    return metrics;
  }
}

package dev.temper.trainers.stage;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.temper.trainers.model.Loss;
import dev.temper.trainers.preference.PreferenceLoss;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * How well the implicit rewards of a policy order test pairs. Pairs of identical completions are
 * left out, and ties of the labeller are but for the order of gold.
 */
final class HeldOutPreferences {

  private final List<PairRow> pairs;
  private final PairLogProbs reference;
  private final PreferenceLoss loss;
  private final Supplier<NDManager> managers;

  HeldOutPreferences(
      List<PairRow> pairs,
      PairLogProbs reference,
      PreferenceLoss loss,
      Supplier<NDManager> managers) {
    this.pairs = pairs;
    this.reference = reference;
    this.loss = loss;
    this.managers = managers;
  }

  /** By name; what nothing is known about is left out. */
  Map<String, Double> metrics(String prefix, PairLogProbs policy) {
    Map<String, Double> metrics = new TreeMap<>();
    List<Integer> labelled = where(pair -> !pair.tie() && !pair.tokenIdentical());
    if (!labelled.isEmpty()) {
      Map<String, Double> found = of(labelled, policy);
      found.forEach((name, value) -> metrics.put(prefix + name, value));
      Wilson interval = Wilson.of(found.get("accuracy") * labelled.size(), labelled.size());
      metrics.put(prefix + "accuracy_low", interval.low());
      metrics.put(prefix + "accuracy_high", interval.high());
    }
    List<Integer> agreed = where(pair -> ordered(pair) && pair.goldAgrees());
    List<Integer> disagreed = where(pair -> ordered(pair) && !pair.goldAgrees());
    if (!agreed.isEmpty() || !disagreed.isEmpty()) {
      double right = right(agreed, policy) + disagreed.size() - right(disagreed, policy);
      metrics.put(prefix + "gold_order", right / (agreed.size() + disagreed.size()));
    }
    PairStatistics.of(pairs)
        .agreement()
        .ifPresent(value -> metrics.put(prefix + "labeller_agreement", value));
    return metrics;
  }

  private static boolean ordered(PairRow pair) {
    return pair.goldDecides() && !pair.tokenIdentical();
  }

  private List<Integer> where(Predicate<PairRow> holds) {
    return IntStream.range(0, pairs.size()).filter(i -> holds.test(pairs.get(i))).boxed().toList();
  }

  /** Pairs whose chosen completion has the higher reward, halves for equal ones. */
  private double right(List<Integer> indices, PairLogProbs policy) {
    return indices.isEmpty() ? 0 : of(indices, policy).get("accuracy") * indices.size();
  }

  private Map<String, Double> of(List<Integer> indices, PairLogProbs policy) {
    try (NDManager manager = managers.get()) {
      PairArrays arrays =
          new PairArrays(
              manager,
              indices.stream().map(pairs::get).toList(),
              reference.at(indices),
              1.0 / indices.size());
      Loss found = loss.compute(arrays.of(policy.at(indices)));
      Map<String, Double> metrics = new TreeMap<>(found.metrics());
      metrics.put("loss", found.value().toType(DataType.FLOAT64, false).getDouble());
      return metrics;
    }
  }
}

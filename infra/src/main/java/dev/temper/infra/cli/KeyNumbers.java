package dev.temper.infra.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The two or three numbers that matter, per kind of stage: the one table of them. */
final class KeyNumbers {

  private record KeyNumber(String metric, String label) {}

  private static final Map<String, List<KeyNumber>> BY_KIND =
      Map.ofEntries(
          Map.entry(
              "pretrain",
              List.of(
                  new KeyNumber("train/loss", "loss"),
                  new KeyNumber("eval/heldout_loss", "held-out"))),
          Map.entry(
              "sft",
              List.of(
                  new KeyNumber("train/loss", "loss"),
                  new KeyNumber("eval/heldout_loss", "held-out"),
                  new KeyNumber("samples/termination", "ended"))),
          Map.entry(
              "preferences",
              List.of(
                  new KeyNumber("preferences/agreement", "agreement"),
                  new KeyNumber("preferences/ties", "ties"),
                  new KeyNumber("preferences/pairs", "pairs"))),
          Map.entry(
              "reward-model",
              List.of(
                  new KeyNumber("train/loss", "loss"),
                  new KeyNumber("eval/accuracy", "accuracy"),
                  new KeyNumber("eval/gold_order", "gold order"))),
          Map.entry(
              "preference-tuning",
              List.of(
                  new KeyNumber("train/loss", "loss"),
                  new KeyNumber("eval/accuracy", "accuracy"),
                  new KeyNumber("eval/margin", "margin"))),
          Map.entry(
              "rollouts",
              List.of(
                  new KeyNumber("reward/total", "score"),
                  new KeyNumber("rollout/gold", "gold"),
                  new KeyNumber("rollout/termination", "ended"))),
          Map.entry(
              "rejection-sampling",
              List.of(
                  new KeyNumber("selection/selected", "selected"),
                  new KeyNumber("selection/gold_selected", "gold"),
                  new KeyNumber("selection/gold_all", "of all"))),
          Map.entry(
              "best-of-n",
              List.of(
                  new KeyNumber("reward/proxy", "proxy"), new KeyNumber("reward/gold", "gold"))),
          Map.entry(
              "rl",
              List.of(
                  new KeyNumber("reward/score", "reward"),
                  new KeyNumber("kl/k1", "KL"),
                  new KeyNumber("rollout/termination", "ended"))),
          Map.entry(
              "curve",
              List.of(
                  new KeyNumber("curve/kl", "KL"),
                  new KeyNumber("curve/proxy", "proxy"),
                  new KeyNumber("curve/gold", "gold"),
                  new KeyNumber("curve/peak_gold", "gold of peak"),
                  new KeyNumber("curve/peak_step", "at step"))),
          Map.entry("evaluation", List.of()));

  private KeyNumbers() {}

  /** {@code "loss 1.234 held-out 1.301"}: those that are there. */
  static String text(String kind, Map<String, Double> metrics) {
    return BY_KIND.getOrDefault(kind, List.of()).stream()
        .filter(number -> metrics.containsKey(number.metric()))
        .map(number -> number.label() + " " + value(metrics.get(number.metric())))
        .collect(Collectors.joining("  "));
  }

  private static String value(double value) {
    double size = Math.abs(value);
    if (size >= 1000 || (size > 0 && size < 0.001)) {
      return String.format(Locale.ROOT, "%.3g", value);
    }
    return String.format(Locale.ROOT, size >= 100 ? "%.1f" : "%.3f", value);
  }
}

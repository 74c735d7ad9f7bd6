package dev.temper.infra.mlflow;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The series by which recipes are compared: the run of the recipe carries them, since MLflow hides
 * the runs of stages beneath it. The one table of them.
 */
final class Headlines {

  private static final Map<String, List<String>> BY_KIND =
      Map.of(
          "pretrain", List.of("train/loss", "eval/heldout_loss"),
          "sft", List.of("train/loss", "eval/heldout_loss", "samples/gold"),
          "preferences", List.of("preferences/agreement", "preferences/gold"),
          "reward-model", List.of("train/loss", "train/accuracy", "eval/loss", "eval/accuracy"),
          "preference-tuning",
              List.of("train/loss", "train/accuracy", "eval/loss", "eval/accuracy", "eval/margin"),
          "rollouts", List.of("reward/total", "rollout/gold"),
          "best-of-n", List.of("reward/proxy", "reward/heldout", "reward/gold"),
          "rl",
              List.of(
                  "reward/score",
                  "reward/total",
                  "kl/k1",
                  "rollout/length",
                  "rollout/termination",
                  "samples/gold"),
          "curve", List.of("curve/kl", "curve/proxy", "curve/heldout", "curve/gold"));

  /** A curve is drawn over the steps of the policy that it looks at, not over its own. */
  private static final String POLICY_STEP = "curve/snapshot";

  private Headlines() {}

  /** What the recipe's run shows of a line; empty if nothing. */
  static Optional<Journal.Line> of(String kind, Journal.Line line) {
    Map<String, Double> shown = new TreeMap<>();
    for (String name : BY_KIND.getOrDefault(kind, List.of())) {
      Double value = line.metrics().get(name);
      if (value != null) {
        shown.put(name, value);
      }
    }
    Double policy = kind.equals("curve") ? line.metrics().get(POLICY_STEP) : null;
    return shown.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Journal.Line(
                policy == null ? line.step() : policy.longValue(), line.time(), shown));
  }
}

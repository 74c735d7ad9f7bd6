package dev.temper.trainers.stage;

import dev.temper.recipes.EndSpec;
import dev.temper.recipes.KlSpec;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.estimate.Means;
import dev.temper.trainers.kl.KlPenalty;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The rewards that advantages are made from: scores, after the rule for completions that did not
 * end, less the KL penalty.
 *
 * @param total reward by completion
 * @param trained whether a completion is trained on
 * @param metrics means of the parts
 */
record ShapedRewards(double[] total, boolean[] trained, Map<String, Double> metrics) {

  ShapedRewards {
    metrics = Map.copyOf(metrics);
  }

  static ShapedRewards of(
      List<Answer> answers,
      Reward.Scores scores,
      List<float[]> policy,
      List<float[]> reference,
      EndSpec end,
      KlSpec kl) {
    MissingEnd missing = MissingEnd.of(end);
    double[] total = scores.total().clone();
    boolean[] trained = new boolean[total.length];
    for (int i = 0; i < total.length; i++) {
      boolean ended = answers.get(i).completion().ended();
      trained[i] = ended || missing.trained();
      total[i] = ended ? total[i] : missing.score(total[i], end.penalty());
    }
    Map<String, Double> metrics = new TreeMap<>();
    scores.parts().forEach((name, values) -> metrics.put("reward/" + name, Means.of(values)));
    metrics.put("reward/score", Means.of(total));
    if (kl.in().equals("reward")) {
      double before = Means.of(total);
      KlPenalty penalty = KlPenalty.of(kl);
      for (int i = 0; i < total.length; i++) {
        total[i] = penalty.shaped(total[i], penalty.divergence(policy.get(i), reference.get(i)));
      }
      metrics.put("reward/kl", Means.of(total) - before);
    }
    metrics.put("reward/total", Means.of(total));
    requireFinite(total, answers);
    return new ShapedRewards(total, trained, metrics);
  }

  private static void requireFinite(double[] total, List<Answer> answers) {
    for (int i = 0; i < total.length; i++) {
      if (!Double.isFinite(total[i])) {
        throw new StageFailure(
            StageFailure.Type.TRAINING_DIVERGED,
            "the reward of completion %d of prompt '%s' is %s"
                .formatted(answers.get(i).sample(), answers.get(i).prompt().text(), total[i]));
      }
    }
  }

  /** Share of groups whose rewards are all equal: they teach nothing. */
  static double withoutContrast(double[][] groups) {
    return Arrays.stream(groups)
        .mapToDouble(group -> Arrays.stream(group).distinct().count() < 2 ? 1 : 0)
        .average()
        .orElse(0);
  }
}

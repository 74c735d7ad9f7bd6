package dev.temper.infra.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One sentence per curve: what proxy, held-out and gold reward say together. */
final class Conclusion {
  private Conclusion() {}

  static List<String> of(RunView run) {
    List<String> sentences = new ArrayList<>();
    for (StageView stage : run.ofKind("curve")) {
      Optional<Peak> peak = Peak.of(stage);
      if (peak.isPresent() && stage.curve().isPresent()) {
        sentences.add(sentence(stage, stage.curve().get(), peak.get()));
      }
    }
    return sentences;
  }

  /** Half a standard deviation below its best is a fall that somebody would see. */
  private static final double VISIBLE_FALL = 0.5;

  private static String noticed(double[] heldout) {
    double best = Arrays.stream(heldout).filter(Double::isFinite).max().orElse(Double.NaN);
    double fall = best - heldout[heldout.length - 1];
    if (Double.isNaN(fall)) {
      return "and the proxy does not show it";
    }
    return fall >= VISIBLE_FALL
        ? String.format(
            Locale.ROOT, "which the held-out reward shows in part (%.2f below its best)", fall)
        : "and neither reward model shows it";
  }

  private static String sentence(StageView stage, Table table, Peak peak) {
    double[] proxy = table.column("proxy");
    double[] heldout = table.column("heldout");
    double[] gold = table.column("gold");
    int last = proxy.length - 1;
    boolean fell = peak.drop()[1] > 0;
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "%s: the proxy moved from %.2f to %.2f",
            stage.name(),
            proxy[0],
            proxy[last]));
    if (Arrays.stream(heldout).allMatch(Double::isFinite)) {
      out.append(
          String.format(
              Locale.ROOT, ", the held-out reward from %.2f to %.2f", heldout[0], heldout[last]));
    }
    out.append(
        String.format(
            Locale.ROOT,
            ", gold from %.2f by way of %.2f (step %d) to %.2f: ",
            gold[0],
            peak.peakGold(),
            peak.peakStep(),
            gold[last]));
    out.append(
        fell
            ? "the reward model was over-optimized, " + noticed(heldout)
            : "no loss of gold can be told from noise");
    Peak.Regret chosen = peak.regrets().get(peak.rule());
    if (chosen != null) {
      out.append(
          String.format(
              Locale.ROOT,
              "; rule %s stops at step %d with gold %.2f, %.2f below the best snapshot",
              peak.rule(),
              chosen.step(),
              chosen.gold(),
              chosen.regret()));
    }
    return out.append('.').toString();
  }
}

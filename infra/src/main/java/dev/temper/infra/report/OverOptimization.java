package dev.temper.infra.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The over-optimization plot: proxy, held-out and gold reward against sqrt(KL), for every curve and
 * best-of-n stage on the same axes.
 *
 * <p>All three are z-scores on the samples of the starting policy, so that one axis serves. Bands
 * are 95 % (1.96 standard errors over prompts).
 */
final class OverOptimization {

  private static final double NORMAL_95 = 1.96;
  private static final String[] REWARDS = {"proxy", "heldout", "gold"};
  private static final String[] NAMES = {"proxy", "held-out", "gold"};
  private static final String[] DASHES = {"", "7 4", "2 3", "9 3 2 3"};
  private static final int GOLD = 2;

  private final List<StageView> curves;
  private final List<StageView> sweeps;

  OverOptimization(RunView run) {
    this.curves = run.ofKind("curve").stream().filter(stage -> stage.curve().isPresent()).toList();
    this.sweeps =
        run.ofKind("best-of-n").stream().filter(stage -> stage.bestOfN().isPresent()).toList();
  }

  boolean isEmpty() {
    return curves.isEmpty() && sweeps.isEmpty();
  }

  String html() {
    List<Series> lines = new ArrayList<>();
    List<Marker> markers = new ArrayList<>();
    double near = 2;
    for (int i = 0; i < curves.size(); i++) {
      StageView stage = curves.get(i);
      Optional<Peak> peak = Peak.of(stage);
      lines.addAll(lines(stage.name(), stage.curve().orElseThrow(), "step", peak, DASHES[i % 3]));
      peak.ifPresent(found -> markers.addAll(markers(stage, found)));
      near = Math.max(near, peak.map(found -> at(stage, found.peakStep(), "sqrt_kl")).orElse(0.0));
    }
    Optional<Peak> scale = curves.stream().flatMap(stage -> Peak.of(stage).stream()).findFirst();
    for (StageView stage : sweeps) {
      Table table = stage.bestOfN().orElseThrow();
      lines.addAll(lines(stage.name(), table, "n", scale, DASHES[3]));
      near = Math.max(near, Arrays.stream(table.column("sqrt_kl")).max().orElse(0));
    }
    String x = "sqrt(KL to the reference), KL in nats";
    String y = "reward, z-score on the start";
    StringBuilder out = new StringBuilder("<div class=\"charts\">");
    out.append(
        new LineChart(
                "The whole range",
                x,
                y,
                600,
                400,
                Double.NaN,
                lines,
                markers.stream().map(Marker::unnamed).toList())
            .svg());
    out.append(
        new LineChart("The beginning, closer", x, y, 560, 400, 1.25 * near, lines, markers).svg());
    out.append("</div>");
    curves.forEach(stage -> Peak.of(stage).ifPresent(peak -> rules(out, stage, peak)));
    return out.toString();
  }

  private static List<Series> lines(
      String stage, Table table, String labelColumn, Optional<Peak> scale, String dash) {
    List<Series> lines = new ArrayList<>();
    double[] x = table.column("sqrt_kl");
    double[] label = table.column(labelColumn);
    for (int i = 0; i < REWARDS.length; i++) {
      double[] y = table.column(REWARDS[i]);
      double[] error = table.column(REWARDS[i] + "_se");
      if (Arrays.stream(y).allMatch(Double::isNaN)) {
        continue;
      }
      List<String> labels = new ArrayList<>();
      for (int k = 0; k < y.length; k++) {
        labels.add(
            String.format(
                Locale.ROOT, "%s %.0f: %.3f, sqrt(KL) %.2f", labelColumn, label[k], y[k], x[k]));
        if (i == GOLD && scale.isPresent()) {
          Peak peak = scale.get();
          y[k] = peak.standardized(y[k]);
          error[k] = peak.goldDeviation() > 0 ? error[k] / peak.goldDeviation() : error[k];
        }
        error[k] *= NORMAL_95;
      }
      lines.add(
          new Series(stage + " " + NAMES[i], x, y, error, new Series.Style(i, dash, true), labels));
    }
    return lines;
  }

  private static List<Marker> markers(StageView stage, Peak peak) {
    double chosen = peak.standardized(at(stage, peak.chosenStep(), "gold"));
    double best = peak.standardized(at(stage, peak.peakStep(), "gold"));
    return List.of(
        new Marker(
            at(stage, peak.peakStep(), "sqrt_kl"),
            best,
            GOLD,
            false,
            stage.name() + ": gold peak @" + peak.peakStep(),
            true),
        new Marker(
            at(stage, peak.chosenStep(), "sqrt_kl"),
            chosen,
            GOLD,
            true,
            stage.name() + ": chosen @" + peak.chosenStep(),
            true));
  }

  private static double at(StageView stage, long step, String column) {
    Table table = stage.curve().orElseThrow();
    double[] steps = table.column("step");
    double[] values = table.column(column);
    for (int i = 0; i < steps.length; i++) {
      if ((long) steps[i] == step) {
        return values[i];
      }
    }
    return Double.NaN;
  }

  private static void rules(StringBuilder out, StageView stage, Peak peak) {
    out.append(
        String.format(
            Locale.ROOT,
            "<h3>%s: where to stop</h3><p>Gold is highest at step %d (%.2f, cross-fitted: the step"
                + " is chosen on one half of the prompts and measured on the other). From there to"
                + " the last step gold changes by <b>%.2f</b> (95 %% interval %.2f to %.2f, paired"
                + " by prompt).</p>",
            Html.escape(stage.name()),
            peak.peakStep(),
            peak.peakGold(),
            -peak.drop()[0],
            -peak.drop()[2],
            -peak.drop()[1]));
    out.append("<table><tr><th>rule<th>stops at step<th>gold there<th>regret</tr>");
    peak.regrets()
        .forEach(
            (rule, regret) ->
                out.append(
                    String.format(
                        Locale.ROOT,
                        "<tr%s><td>%s%s<td class=n>%d<td class=n>%.2f<td class=n>%.2f</tr>",
                        rule.equals(peak.rule()) ? " class=chosen" : "",
                        Html.escape(rule),
                        rule.equals(peak.rule()) ? " (chosen)" : "",
                        regret.step(),
                        regret.gold(),
                        regret.regret())));
    out.append("</table>");
  }
}

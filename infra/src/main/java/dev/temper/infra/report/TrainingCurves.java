package dev.temper.infra.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Small charts of what each stage logged: which metrics stand together is a table by stage kind.
 */
final class TrainingCurves {

  private static final List<String> DASHES = List.of("", "7 4", "2 3");

  /** One chart: a title and the metrics drawn in it. */
  private record Panel(String title, List<String> metrics) {}

  private static final Panel LOSS =
      new Panel("loss (nats per token)", List.of("train/loss", "eval/heldout_loss"));

  private static final Map<String, List<Panel>> PANELS =
      Map.of(
          "pretrain", List.of(LOSS),
          "sft", List.of(LOSS, new Panel("completions that end", List.of("samples/termination"))),
          "reward-model",
              List.of(
                  new Panel("loss", List.of("train/loss")),
                  new Panel(
                      "accuracy", List.of("train/accuracy", "eval/accuracy", "eval/gold_order"))),
          "preference-tuning",
              List.of(
                  new Panel("loss", List.of("train/loss", "eval/loss")),
                  new Panel(
                      "accuracy", List.of("train/accuracy", "eval/accuracy", "eval/gold_order")),
                  new Panel(
                      "implicit rewards",
                      List.of("train/reward_chosen", "train/reward_rejected", "train/margin")),
                  new Panel(
                      "log-probability (nats per completion)",
                      List.of("train/logp_chosen", "train/logp_rejected"))),
          "rl",
              List.of(
                  new Panel(
                      "reward", List.of("reward/total", "reward/model", "reward/exact-match")),
                  new Panel("KL to the reference (nats)", List.of("kl/k1")),
                  new Panel("completion tokens", List.of("rollout/length"))));

  private TrainingCurves() {}

  static String html(RunView run) {
    StringBuilder out = new StringBuilder("<div class=\"charts\">");
    for (StageView stage : run.stages()) {
      for (Panel panel : PANELS.getOrDefault(stage.kind(), List.of())) {
        chart(stage, panel).ifPresent(chart -> out.append(chart.svg()));
      }
    }
    return out.append("</div>").toString();
  }

  private static Optional<LineChart> chart(StageView stage, Panel panel) {
    List<Series> lines = new ArrayList<>();
    for (int i = 0; i < panel.metrics().size(); i++) {
      String metric = panel.metrics().get(i);
      stage
          .series(metric, metric, new Series.Style(i % 3, DASHES.get(i % 3), false))
          .ifPresent(lines::add);
    }
    return lines.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new LineChart(
                stage.name() + ": " + panel.title(),
                "step",
                "",
                380,
                220,
                Double.NaN,
                lines,
                List.of()));
  }
}

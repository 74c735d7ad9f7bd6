package dev.temper.trainers.stage;

import dev.temper.recipes.RejectionSamplingSpec;
import dev.temper.trainers.ArtifactWriter;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageContext;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.StageOutput;
import dev.temper.trainers.StepReport;
import dev.temper.trainers.StepwiseTask;
import dev.temper.trainers.random.NamedRandom;
import dev.temper.trainers.selection.Selection;
import dev.temper.trainers.selection.Selections;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Selects completions from rollouts, in one step. */
final class RejectionSamplingTask implements StepwiseTask {
  private static final String SELECTED = "completions.jsonl";

  private final RejectionSamplingSpec spec;
  private final Path rollouts;
  private final List<List<RolloutRow>> groups;
  private final double[][] rewards;
  private final boolean[][] eligible;
  private final Selection selection;
  private long step;
  private List<RolloutRow> selected = List.of();

  private RejectionSamplingTask(RejectionSamplingSpec spec, StageContext context)
      throws IOException {
    this.spec = spec;
    this.rollouts = context.inputs().folder(spec.rollouts());
    this.groups = groups(JsonLines.read(rollouts.resolve(RolloutRow.FILE), RolloutRow.class));
    this.selection = Selections.create(spec.select());
    this.rewards = new double[groups.size()][];
    this.eligible = new boolean[groups.size()][];
    for (int i = 0; i < rewards.length; i++) {
      List<RolloutRow> group = groups.get(i);
      rewards[i] = group.stream().mapToDouble(RolloutRow::score).toArray();
      eligible[i] = new boolean[group.size()];
      for (int j = 0; j < eligible[i].length; j++) {
        eligible[i][j] = !spec.requireEnd() || group.get(j).ended();
      }
    }
  }

  static StepwiseTask open(
      RejectionSamplingSpec spec, StageContext context, Optional<CheckpointReader> from)
      throws IOException {
    RejectionSamplingTask task = new RejectionSamplingTask(spec, context);
    if (from.isPresent() && from.get().step() > 0) {
      task.selected = JsonLines.read(from.get().read(SELECTED), SELECTED, RolloutRow.class);
      task.step = from.get().step();
    }
    return task;
  }

  @Override
  public long step() {
    return step;
  }

  @Override
  public long totalSteps() {
    return 1;
  }

  @Override
  public StepReport advance(Pulse pulse) {
    OptionalInt k = spec.k().map(OptionalInt::of).orElseGet(OptionalInt::empty);
    selected =
        selection.select(rewards, eligible, k, new NamedRandom(spec.seed(), "selection")).stream()
            .map(pair -> groups.get(pair[0]).get(pair[1]))
            .toList();
    if (selected.isEmpty()) {
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT,
          "no completion was selected: none of %d rollouts ended"
              .formatted(groups.stream().mapToInt(List::size).sum()));
    }
    step = 1;
    return new StepReport(report());
  }

  private Map<String, Double> report() {
    return SelectionReport.of(groups, rewards, eligible, selected);
  }

  @Override
  public void save(CheckpointWriter out) throws IOException {
    out.put(SELECTED, JsonLines.write(selected));
  }

  @Override
  public StageOutput finish(ArtifactWriter out) throws IOException {
    out.content(SELECTED, JsonLines.write(selected));
    TextHandover.copy(out, rollouts);
    out.attachment(SampleLine.FILE, JsonLines.write(RolloutRow.samples(selected)));
    return new StageOutput(Map.of("", ""), report());
  }

  private static List<List<RolloutRow>> groups(List<RolloutRow> rows) {
    Map<Long, List<RolloutRow>> groups = new LinkedHashMap<>();
    for (RolloutRow row : rows) {
      groups.computeIfAbsent(row.promptId(), id -> new ArrayList<>()).add(row);
    }
    return List.copyOf(groups.values());
  }

  @Override
  public void close() {}
}

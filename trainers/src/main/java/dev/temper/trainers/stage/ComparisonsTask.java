package dev.temper.trainers.stage;

import dev.temper.recipes.ComparisonsSpec;
import dev.temper.trainers.ArtifactWriter;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageContext;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.StageOutput;
import dev.temper.trainers.StepReport;
import dev.temper.trainers.StepwiseTask;
import dev.temper.trainers.data.DataSources;
import dev.temper.trainers.data.Pair;
import dev.temper.trainers.data.PairSet;
import dev.temper.trainers.data.Row;
import dev.temper.trainers.model.LanguageModel;
import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.random.NamedRandom;
import dev.temper.trainers.text.ChatFormat;
import dev.temper.trainers.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Makes pairs that were compared elsewhere ready for a policy, in one step and without a model.
 *
 * <p>Pairs of which a side is longer than the policy's positions are left out and counted: a cut
 * completion is not what was compared. Splits take whole prompts, in a random order of the prompts.
 */
final class ComparisonsTask implements StepwiseTask {

  private static final int PAIRS_TO_SHOW = 8;

  private final ComparisonsSpec spec;
  private final PairSet data;
  private final Path policy;
  private SortedMap<String, List<PairRow>> splits = new TreeMap<>();
  private Map<String, Double> metrics = Map.of();
  private long step;

  private ComparisonsTask(ComparisonsSpec spec, PairSet data, Path policy) {
    this.spec = spec;
    this.data = data;
    this.policy = policy;
  }

  static StepwiseTask open(
      ComparisonsSpec spec, StageContext context, Optional<CheckpointReader> from)
      throws IOException {
    ComparisonsTask task =
        new ComparisonsTask(
            spec,
            new DataSources(context.inputs()).pairs(spec.data()),
            context.inputs().folder(spec.policy()));
    if (from.isPresent() && from.get().step() > 0) {
      task.advance(Pulse.NONE); // quicker than to keep what the data says anyway
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
  public StepReport advance(Pulse pulse) throws IOException {
    int positions = LanguageModel.positions(policy);
    Map<String, List<PairRow>> byPrompt = new LinkedHashMap<>();
    int tooLong = 0;
    try (Tokenizer tokenizer = Tokenizer.load(policy)) {
      ChatFormat chat = new ChatFormat(tokenizer);
      for (Pair pair : data.pairs()) {
        PairRow row = row(pair, chat);
        int longest = Math.max(row.chosen().length, row.rejected().length);
        if (row.promptTokens().length + longest > positions) {
          tooLong++;
        } else {
          byPrompt.computeIfAbsent(row.prompt(), any -> new ArrayList<>()).add(row);
        }
        pulse.beat();
      }
    }
    splits = deal(List.copyOf(byPrompt.values()), tooLong, positions);
    metrics =
        Map.of(
            "data/pairs", (double) splits.values().stream().mapToInt(List::size).sum(),
            "data/too_long_pairs", (double) tooLong,
            "data/duplicate_pairs", (double) data.duplicates(),
            "data/left_out_rows",
                (double) data.leftOut().values().stream().mapToInt(count -> count).sum());
    step = 1;
    return new StepReport(metrics);
  }

  private static PairRow row(Pair pair, ChatFormat chat) {
    Sequence chosen = chat.sequence(new Row(pair.prompt(), pair.chosen(), Optional.empty()));
    Sequence rejected = chat.sequence(new Row(pair.prompt(), pair.rejected(), Optional.empty()));
    return new PairRow(
        pair.prompt().text(),
        pair.prompt().id(),
        pair.prompt().facts(),
        chosen.prompt(),
        chosen.completion(),
        rejected.completion(),
        pair.chosen(),
        pair.rejected(),
        true,
        true,
        Optional.empty(),
        Optional.empty(),
        false);
  }

  private SortedMap<String, List<PairRow>> deal(
      List<List<PairRow>> prompts, int tooLong, int positions) {
    int[] order = new NamedRandom(spec.seed(), "comparisons").permutation(prompts.size(), 0);
    SortedMap<String, List<PairRow>> dealt = new TreeMap<>();
    int next = 0;
    for (Map.Entry<String, Integer> split : spec.split().entrySet()) {
      List<PairRow> rows = new ArrayList<>();
      while (rows.size() < split.getValue() && next < order.length) {
        rows.addAll(prompts.get(order[next++]));
      }
      if (rows.size() < split.getValue()) {
        throw new StageFailure(
            StageFailure.Type.DATA_CONTRACT,
            "split %s needs more pairs than there are: %d pairs of %d prompts (%d more are longer than the policy's %d positions, and a prompt is in one split only)"
                .formatted(
                    spec.split(),
                    data.pairs().size() - tooLong,
                    prompts.size(),
                    tooLong,
                    positions));
      }
      dealt.put(split.getKey(), rows.subList(0, split.getValue()));
    }
    return dealt;
  }

  @Override
  public void save(CheckpointWriter out) {}

  @Override
  public StageOutput finish(ArtifactWriter out) throws IOException {
    try (Tokenizer tokenizer = Tokenizer.load(policy)) {
      return finish(out, tokenizer);
    }
  }

  private StageOutput finish(ArtifactWriter out, Tokenizer tokenizer) throws IOException {
    Map<String, String> outputs = new TreeMap<>();
    List<SampleLine> samples = new ArrayList<>();
    for (Map.Entry<String, List<PairRow>> split : splits.entrySet()) {
      out.content(split.getKey() + "/" + PairRow.FILE, JsonLines.write(split.getValue()));
      TextHandover.write(out, split.getKey(), tokenizer);
      outputs.put(split.getKey(), split.getKey());
      for (PairRow pair : split.getValue()) {
        if (samples.size() < 2 * PAIRS_TO_SHOW) {
          samples.add(pair.chosenSample(0, Optional.empty()));
          samples.add(pair.rejectedSample(0, Optional.empty()));
        }
      }
    }
    out.attachment(SampleLine.FILE, JsonLines.write(samples));
    return new StageOutput(outputs, metrics);
  }

  @Override
  public void close() {}
}

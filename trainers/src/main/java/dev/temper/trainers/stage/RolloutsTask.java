package dev.temper.trainers.stage;

import dev.temper.recipes.RolloutsSpec;
import dev.temper.trainers.ArtifactWriter;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageContext;
import dev.temper.trainers.StageOutput;
import dev.temper.trainers.StepReport;
import dev.temper.trainers.StepwiseTask;
import dev.temper.trainers.data.DataSources;
import dev.temper.trainers.data.GoldScorer;
import dev.temper.trainers.data.Golds;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.random.NamedRandom;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Samples and scores completions of every prompt; a step is a fixed number of prompts. */
final class RolloutsTask implements StepwiseTask {
  private final RolloutsSpec spec;
  private final CompletionSource policy;
  private final Reward reward;
  private final Optional<GoldScorer> gold;
  private final PromptSteps prompts;
  private final PromptSampler sampler;
  private final Chunks rows;
  private final Progress progress;
  private final Opened opened;

  private RolloutsTask(
      RolloutsSpec spec, StageContext context, Optional<CheckpointReader> from, Opened opened)
      throws IOException {
    this.spec = spec;
    this.opened = opened;
    this.progress = from.isPresent() ? Progress.restore(from.get()) : Progress.start();
    this.rows = from.isPresent() ? Chunks.restore("rows", from.get()) : new Chunks("rows");
    Engine engine = new Engine(context.compute(), spec.numerics());
    this.prompts =
        new PromptSteps(
            new DataSources(context.inputs()).prompts(spec.prompts()),
            spec.completionsPerPrompt(),
            spec.sampling());
    this.policy =
        opened.keep(
            CompletionSource.open(engine, context, spec.policy(), spec.sampling()),
            CompletionSource::close);
    this.reward =
        opened.keep(
            Reward.open(
                engine,
                context.inputs(),
                policy.tokenizer(),
                spec.reward(),
                spec.verifiers(),
                spec.sampling().chunkSequences()),
            Reward::close);
    this.gold = spec.gold().map(Golds::create);
    this.sampler = new PromptSampler(spec.sampling(), new NamedRandom(spec.seed(), "rollouts"));
  }

  static StepwiseTask open(RolloutsSpec spec, StageContext context, Optional<CheckpointReader> from)
      throws IOException {
    return Opened.all(opened -> new RolloutsTask(spec, context, from, opened));
  }

  @Override
  public long step() {
    return progress.step();
  }

  @Override
  public long totalSteps() {
    return prompts.count();
  }

  @Override
  public StepReport advance(Pulse pulse) throws IOException {
    // The partition into steps must not change the noise: it is the same for all of them.
    List<Answer> answers =
        sampler.sample(policy, prompts.at(step()), spec.completionsPerPrompt(), 0, pulse);
    double[] scores = reward.score(answers, pulse).total();
    List<RolloutRow> added = new ArrayList<>(answers.size());
    for (int i = 0; i < scores.length; i++) {
      Answer answer = answers.get(i);
      added.add(RolloutRow.of(answer, scores[i], gold.map(scorer -> answer.score(scorer::score))));
    }
    rows.add(added);
    progress.finishedStep();
    return new StepReport(metrics(added));
  }

  @Override
  public void save(CheckpointWriter out) throws IOException {
    rows.save(out);
    progress.save(out);
  }

  @Override
  public StageOutput finish(ArtifactWriter out) throws IOException {
    List<RolloutRow> all = rows.rows(RolloutRow.class);
    out.content(RolloutRow.FILE, rows.file());
    TextHandover.write(out, "", policy.tokenizer());
    out.attachment(SampleLine.FILE, JsonLines.write(RolloutRow.samples(all)));
    return new StageOutput(Map.of("", ""), metrics(all));
  }

  private static Map<String, Double> metrics(List<RolloutRow> rows) {
    Map<String, Double> metrics = new TreeMap<>();
    metrics.put("reward/total", RowMeans.of(rows, RolloutRow::score));
    metrics.put("rollout/length", RowMeans.of(rows, row -> row.tokens().length));
    metrics.put("rollout/termination", RowMeans.of(rows, row -> row.ended() ? 1 : 0));
    if (rows.stream().allMatch(row -> row.gold().isPresent())) {
      metrics.put("rollout/gold", RowMeans.of(rows, row -> row.gold().orElseThrow()));
    }
    return metrics;
  }

  @Override
  public void close() {
    opened.close();
  }
}

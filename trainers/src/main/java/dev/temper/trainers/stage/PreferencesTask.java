package dev.temper.trainers.stage;

import dev.temper.recipes.PreferencesSpec;
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
import dev.temper.trainers.data.GoldLabeller;
import dev.temper.trainers.data.GoldScorer;
import dev.temper.trainers.data.Golds;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.random.NamedRandom;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Samples completions of every prompt and has pairs of them compared; a step is a fixed number of
 * prompts.
 *
 * <p>A prompt's K completions give K/2 disjoint pairs (first and second, third and fourth, ...), so
 * that no completion is compared twice and pairs of one prompt share nothing but it. Pairs of
 * identical completions and ties stay in the data: leaving them out is the reward model's choice.
 */
final class PreferencesTask implements StepwiseTask {

  private static final int PAIRS_TO_SHOW = 8;

  private final PreferencesSpec spec;
  private final CompletionSource policy;
  private final Split split;
  private final PromptSteps steps;
  private final PromptSampler sampler;
  private final GoldScorer gold;
  private final GoldLabeller labeller;
  private final NamedRandom labels;
  private final Chunks pairs;
  private final Progress progress;
  private final Opened opened;

  private PreferencesTask(
      PreferencesSpec spec,
      CompletionSource policy,
      Split split,
      Chunks pairs,
      Progress progress,
      Opened opened) {
    this.spec = spec;
    this.policy = policy;
    this.split = split;
    this.steps = new PromptSteps(split.prompts(), spec.completionsPerPrompt(), spec.sampling());
    this.sampler = new PromptSampler(spec.sampling(), new NamedRandom(spec.seed(), "completions"));
    this.gold = Golds.create(spec.labeller().gold());
    this.labeller = GoldLabeller.of(spec.labeller());
    this.labels = new NamedRandom(spec.seed(), "labels");
    this.pairs = pairs;
    this.progress = progress;
    this.opened = opened;
  }

  static StepwiseTask open(
      PreferencesSpec spec, StageContext context, Optional<CheckpointReader> from)
      throws IOException {
    if (spec.completionsPerPrompt() < 2) {
      throw new StageFailure(
          StageFailure.Type.INVALID_SPEC,
          "completionsPerPrompt must be >= 2 (a pair takes two), got "
              + spec.completionsPerPrompt());
    }
    Split split =
        Split.of(
            new DataSources(context.inputs()).prompts(spec.prompts()),
            spec.split(),
            spec.completionsPerPrompt() / 2);
    Engine engine = new Engine(context.compute(), spec.numerics());
    return Opened.all(
        opened ->
            new PreferencesTask(
                spec,
                opened.keep(
                    CompletionSource.open(engine, context, spec.policy(), spec.sampling()),
                    CompletionSource::close),
                split,
                from.isPresent() ? Chunks.restore("pairs", from.get()) : new Chunks("pairs"),
                from.isPresent() ? Progress.restore(from.get()) : Progress.start(),
                opened));
  }

  @Override
  public long step() {
    return progress.step();
  }

  @Override
  public long totalSteps() {
    return steps.count();
  }

  @Override
  public StepReport advance(Pulse pulse) throws IOException {
    // Named by prompt alone: how prompts are cut into steps must not change the noise.
    List<Answer> answers =
        sampler.sample(policy, steps.at(step()), spec.completionsPerPrompt(), 0, pulse);
    List<PairRow> added = new ArrayList<>();
    for (List<Answer> ofPrompt : Batches.cut(answers, spec.completionsPerPrompt())) {
      for (int pair = 0; pair < split.pairsPerPrompt(); pair++) {
        added.add(compare(pair, ofPrompt.get(2 * pair), ofPrompt.get(2 * pair + 1)));
      }
    }
    pairs.add(added);
    progress.finishedStep();
    return new StepReport(PairStatistics.of(added).metrics("preferences/"));
  }

  private PairRow compare(int pair, Answer first, Answer second) {
    double goldFirst = gold(first);
    double goldSecond = gold(second);
    GoldLabeller.Label label =
        labeller.label(first.prompt().id(), pair, goldFirst, goldSecond, labels);
    boolean swap = label == GoldLabeller.Label.B;
    Answer chosen = swap ? second : first;
    Answer rejected = swap ? first : second;
    return new PairRow(
        first.prompt().text(),
        first.prompt().id(),
        first.prompt().facts(),
        first.sequence().prompt(),
        chosen.sequence().completion(),
        rejected.sequence().completion(),
        chosen.text(),
        rejected.text(),
        chosen.completion().ended(),
        rejected.completion().ended(),
        Optional.of(swap ? goldSecond : goldFirst),
        Optional.of(swap ? goldFirst : goldSecond),
        label == GoldLabeller.Label.TIE);
  }

  private double gold(Answer answer) {
    return gold.score(answer.prompt(), answer.text(), answer.completion().ended());
  }

  @Override
  public void save(CheckpointWriter out) throws IOException {
    pairs.save(out);
    progress.save(out);
  }

  @Override
  public StageOutput finish(ArtifactWriter out) throws IOException {
    SortedMap<String, List<PairRow>> dealt = split.deal(pairs.rows(PairRow.class));
    Map<String, String> outputs = new TreeMap<>();
    List<PairRow> all = new ArrayList<>();
    for (Map.Entry<String, List<PairRow>> named : dealt.entrySet()) {
      out.content(named.getKey() + "/" + PairRow.FILE, JsonLines.write(named.getValue()));
      TextHandover.write(out, named.getKey(), policy.tokenizer());
      outputs.put(named.getKey(), named.getKey());
      all.addAll(named.getValue());
    }
    out.attachment(SampleLine.FILE, JsonLines.write(samples(all)));
    Map<String, Double> summary = new TreeMap<>(PairStatistics.of(all).metrics("preferences/"));
    summary.put("data/repeated_prompts", (double) split.repeated());
    return new StageOutput(outputs, summary);
  }

  private static List<SampleLine> samples(List<PairRow> pairs) {
    List<SampleLine> samples = new ArrayList<>();
    for (PairRow pair : pairs.subList(0, Math.min(PAIRS_TO_SHOW, pairs.size()))) {
      samples.add(pair.chosenSample(0, Optional.empty()));
      samples.add(pair.rejectedSample(0, Optional.empty()));
    }
    return samples;
  }

  @Override
  public void close() {
    opened.close();
  }
}

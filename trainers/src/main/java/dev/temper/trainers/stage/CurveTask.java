package dev.temper.trainers.stage;

import dev.temper.recipes.CurveSpec;
import dev.temper.recipes.Input;
import dev.temper.trainers.ArtifactWriter;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.Inputs;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageContext;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.StageOutput;
import dev.temper.trainers.StepReport;
import dev.temper.trainers.StepwiseTask;
import dev.temper.trainers.data.DataSources;
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.estimate.DistinctN;
import dev.temper.trainers.estimate.Means;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.model.LanguageModel;
import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.random.NamedRandom;
import dev.temper.trainers.text.Tokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Measures every snapshot of a policy on the same prompts with the same random numbers; a step is a
 * snapshot.
 */
final class CurveTask implements StepwiseTask {
  private static final int PROMPTS_TO_SHOW = 16;

  private final CurveSpec spec;
  private final Inputs inputs;
  private final Engine engine;
  private final Snapshots.Grid grid;
  private final List<Prompt> prompts;
  private final LanguageModel reference;
  private final Judges judges;
  private final PromptSampler sampler;
  private final Chunks points;
  private final Chunks samples;
  private final Progress progress;
  private final Opened opened;

  private CurveTask(
      CurveSpec spec, StageContext context, Optional<CheckpointReader> from, Opened opened)
      throws IOException {
    if (spec.sampling().filters() || spec.sampling().server().isPresent()) {
      throw new StageFailure(
          StageFailure.Type.INVALID_SPEC,
          "sampling must have no topK, topP, minP and server (KL is measured on samples of the"
              + " policy itself)");
    }
    if (spec.sampling().temperature() != 1) {
      throw new StageFailure(
          StageFailure.Type.INVALID_SPEC,
          "sampling.temperature must be 1, got %s (KL is measured on samples of the policy itself)"
              .formatted(spec.sampling().temperature()));
    }
    if (CurvePeak.needsHeldout(spec.peak().rule()) && spec.heldout().isEmpty()) {
      throw new StageFailure(
          StageFailure.Type.INVALID_SPEC,
          "peak.rule %s needs heldout, and there is none".formatted(spec.peak().rule()));
    }
    this.spec = spec;
    this.opened = opened;
    this.inputs = context.inputs();
    this.engine = new Engine(context.compute(), spec.numerics());
    this.prompts = new DataSources(inputs).prompts(spec.prompts());
    if (prompts.size() < 2) {
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT,
          "a curve needs 2 prompts or more (the peak is chosen on one half and measured on the"
              + " other), got "
              + prompts.size());
    }
    Path last = inputs.folder(spec.policies());
    this.grid =
        JsonLines.object(
            ByteBuffer.wrap(Files.readAllBytes(last.resolve(Snapshots.Grid.FILE))),
            Snapshots.Grid.class);
    Path referenceFolder = inputs.folder(spec.reference());
    try (Tokenizer tokenizer = Tokenizer.load(last)) {
      SameTokens.require(tokenizer, referenceFolder, "reference");
      this.judges =
          opened.keep(
              Judges.open(
                  engine,
                  inputs,
                  tokenizer,
                  spec.proxy(),
                  spec.heldout(),
                  spec.gold(),
                  spec.sampling().chunkSequences()),
              Judges::close);
    }
    this.reference = opened.keep(LanguageModel.load(engine, referenceFolder), LanguageModel::close);
    this.sampler = new PromptSampler(spec.sampling(), new NamedRandom(spec.seed(), "curve"));
    this.points = from.isPresent() ? Chunks.restore("points", from.get()) : new Chunks("points");
    this.samples = from.isPresent() ? Chunks.restore("samples", from.get()) : new Chunks("samples");
    this.progress = from.isPresent() ? Progress.restore(from.get()) : Progress.start();
  }

  static StepwiseTask open(CurveSpec spec, StageContext context, Optional<CheckpointReader> from)
      throws IOException {
    return Opened.all(opened -> new CurveTask(spec, context, from, opened));
  }

  @Override
  public long step() {
    return progress.step();
  }

  @Override
  public long totalSteps() {
    return grid.steps().size();
  }

  private Path snapshot(long snapshotStep) throws IOException {
    return inputs.folder(new Input(spec.policies().stage(), "@" + snapshotStep));
  }

  @Override
  public StepReport advance(Pulse pulse) throws IOException {
    long snapshotStep = grid.steps().get(Math.toIntExact(step()));
    try (ModelFolder.Policy policy = ModelFolder.load(engine, snapshot(snapshotStep))) {
      // Step 0 whatever the snapshot: the noise is the same at every point, so points are paired.
      List<Answer> answers = sampler.sample(policy, prompts, spec.samplesPerPrompt(), 0, pulse);
      Judges.Verdict verdict = judges.judge(answers, pulse);
      CurvePoint point = point(snapshotStep, policy.model(), answers, verdict, pulse);
      points.add(List.of(point));
      samples.add(samples(snapshotStep, answers, verdict));
      progress.finishedStep();
      return new StepReport(metrics(point));
    }
  }

  private CurvePoint point(
      long snapshotStep,
      LanguageModel policy,
      List<Answer> answers,
      Judges.Verdict verdict,
      Pulse pulse) {
    // Both by the same program in chunks of the same shape, and not as sampled: what the two models
    // have in common then cancels to the last bit, and the first point lies at exactly 0.
    List<float[]> own = logProbs(policy, answers, pulse);
    List<float[]> referred = logProbs(reference, answers, pulse);
    return new CurvePoint(
        snapshotStep,
        prompts.stream().mapToLong(Prompt::id).toArray(),
        byPrompt(CompletionKl.sums("k1", own, referred)),
        byPrompt(CompletionKl.sums("k3", own, referred)),
        byPrompt(verdict.proxy()),
        verdict.heldout().map(this::byPrompt),
        byPrompt(verdict.gold()),
        byPrompt(values(answers, Answer::tokens)),
        byPrompt(values(answers, answer -> answer.completion().ended() ? 1 : 0)),
        byPrompt(values(answers, answer -> DistinctN.of(answer.completion().tokens(), 2))),
        sampleDeviation(verdict.gold()));
  }

  private List<float[]> logProbs(LanguageModel model, List<Answer> answers, Pulse pulse) {
    List<Sequence> sequences = Answer.sequences(answers);
    return model.logProbs(sequences, 1, spec.sampling().chunkSequences(), pulse);
  }

  private double[] byPrompt(double[] values) {
    return Means.perPrompt(Groups.of(values, spec.samplesPerPrompt()));
  }

  private static double[] values(List<Answer> answers, ToDoubleFunction<Answer> value) {
    return answers.stream().mapToDouble(value).toArray();
  }

  private static double sampleDeviation(double[] values) {
    double mean = Means.of(values);
    double squares = Arrays.stream(values).map(x -> (x - mean) * (x - mean)).sum();
    return Math.sqrt(squares / Math.max(1, values.length - 1));
  }

  private List<SampleLine> samples(
      long snapshotStep, List<Answer> answers, Judges.Verdict verdict) {
    List<SampleLine> lines = new ArrayList<>();
    for (int prompt = 0; prompt < Math.min(PROMPTS_TO_SHOW, prompts.size()); prompt++) {
      int first = prompt * spec.samplesPerPrompt();
      Answer answer = answers.get(first);
      lines.add(
          new SampleLine(
              snapshotStep,
              answer.prompt().text(),
              answer.text(),
              answer.completion().ended(),
              Optional.of(verdict.gold()[first]),
              Optional.of(verdict.proxy()[first])));
    }
    return lines;
  }

  private static Map<String, Double> metrics(CurvePoint point) {
    Map<String, Double> metrics = new TreeMap<>();
    metrics.put("curve/snapshot", (double) point.step());
    metrics.put("curve/kl", Means.of(point.kl()));
    metrics.put("curve/k3", Means.of(point.k3()));
    metrics.put("curve/proxy", Means.of(point.proxy()));
    point.heldout().ifPresent(heldout -> metrics.put("curve/heldout", Means.of(heldout)));
    metrics.put("curve/gold", point.goldMean());
    metrics.put("curve/completion_tokens", Means.of(point.tokens()));
    metrics.put("curve/termination", Means.of(point.ended()));
    metrics.put("curve/distinct_2", Means.of(point.distinct2()));
    return metrics;
  }

  @Override
  public void save(CheckpointWriter out) throws IOException {
    points.save(out);
    samples.save(out);
    progress.save(out);
  }

  @Override
  public StageOutput finish(ArtifactWriter out) throws IOException {
    List<CurvePoint> all = points.rows(CurvePoint.class);
    CurvePeak peak = CurvePeak.of(spec.peak(), all, spec.seed());
    ByteBuffer table = CurvePoint.table(all).bytes();
    ByteBuffer summary = JsonLines.object(peak);
    out.content(CurvePoint.FILE, points.file());
    out.content(CurvePoint.TABLE, table.duplicate());
    out.attachment(CurvePoint.TABLE, table);
    out.content(CurvePeak.FILE, summary.duplicate());
    out.attachment(CurvePeak.FILE, summary);
    out.attachment(SampleLine.FILE, samples.file());
    copy(snapshot(peak.chosenStep()), out);
    return new StageOutput(Map.of("", "", "peak", "peak"), peak.metrics());
  }

  private static void copy(Path folder, ArtifactWriter out) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        out.content("peak/" + file.getFileName(), ByteBuffer.wrap(Files.readAllBytes(file)));
      }
    }
  }

  @Override
  public void close() {
    opened.close();
  }
}

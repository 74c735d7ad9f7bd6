package dev.temper.trainers.stage;

import dev.temper.recipes.BestOfNSpec;
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
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.estimate.BestOfNPoint;
import dev.temper.trainers.estimate.Bootstrap;
import dev.temper.trainers.estimate.MeanWithError;
import dev.temper.trainers.estimate.Means;
import dev.temper.trainers.estimate.PeakRules;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.random.NamedRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Measures the best of n completions by the proxy for a whole sweep of n, from one set of samples;
 * a step is a fixed number of prompts.
 */
final class BestOfNTask implements StepwiseTask {
  private static final String FILE = "best-of-n.csv";
  private static final int RESAMPLES = 1000;
  private static final int PROMPTS_TO_SHOW = 16;

  private final BestOfNSpec spec;
  private final CompletionSource policy;
  private final Judges judges;
  private final PromptSteps prompts;
  private final PromptSampler sampler;
  private final Chunks rows;
  private final Chunks samples;
  private final Progress progress;
  private final Opened opened;

  private BestOfNTask(
      BestOfNSpec spec, StageContext context, Optional<CheckpointReader> from, Opened opened)
      throws IOException {
    int largest = spec.n().stream().mapToInt(n -> n).max().orElse(0);
    if (largest < 1 || spec.samples() < largest) {
      throw new StageFailure(
          StageFailure.Type.INVALID_SPEC,
          "samples must be >= the largest n (better twice that), got samples %d and n %s"
              .formatted(spec.samples(), spec.n()));
    }
    this.spec = spec;
    this.opened = opened;
    Engine engine = new Engine(context.compute(), spec.numerics());
    List<Prompt> asked = new DataSources(context.inputs()).prompts(spec.prompts());
    this.prompts = new PromptSteps(asked, spec.samples(), spec.sampling());
    this.policy =
        opened.keep(
            CompletionSource.open(engine, context, spec.policy(), spec.sampling()),
            CompletionSource::close);
    this.judges =
        opened.keep(
            Judges.open(
                engine,
                context.inputs(),
                policy.tokenizer(),
                spec.proxy(),
                spec.heldout(),
                spec.gold(),
                spec.sampling().chunkSequences()),
            Judges::close);
    this.sampler = new PromptSampler(spec.sampling(), new NamedRandom(spec.seed(), "best-of-n"));
    this.rows = from.isPresent() ? Chunks.restore("rows", from.get()) : new Chunks("rows");
    this.samples = from.isPresent() ? Chunks.restore("samples", from.get()) : new Chunks("samples");
    this.progress = from.isPresent() ? Progress.restore(from.get()) : Progress.start();
  }

  static StepwiseTask open(BestOfNSpec spec, StageContext context, Optional<CheckpointReader> from)
      throws IOException {
    return Opened.all(opened -> new BestOfNTask(spec, context, from, opened));
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
    List<Answer> answers = sampler.sample(policy, prompts.at(step()), spec.samples(), 0, pulse);
    Judges.Verdict verdict = judges.judge(answers, pulse);
    List<Row> added = new ArrayList<>();
    for (int i = 0; i < answers.size(); i += spec.samples()) {
      int from = i;
      int to = i + spec.samples();
      added.add(
          new Row(
              answers.get(i).prompt().id(),
              Arrays.copyOfRange(verdict.proxy(), from, to),
              verdict.heldout().map(scores -> Arrays.copyOfRange(scores, from, to)),
              Arrays.copyOfRange(verdict.gold(), from, to)));
    }
    rows.add(added);
    samples.add(samples(answers, verdict));
    progress.finishedStep();
    Map<String, Double> metrics = new TreeMap<>(RolloutMetrics.of(answers));
    metrics.put("reward/proxy", Means.of(verdict.proxy()));
    verdict.heldout().ifPresent(h -> metrics.put("reward/heldout", Means.of(h)));
    metrics.put("reward/gold", Means.of(verdict.gold()));
    return new StepReport(metrics);
  }

  /** The first completion and the one that the proxy likes best, of the first prompts. */
  private List<SampleLine> samples(List<Answer> answers, Judges.Verdict verdict) {
    List<SampleLine> lines = new ArrayList<>();
    if (step() > 0) {
      return lines;
    }
    int prompts = Math.min(PROMPTS_TO_SHOW, answers.size() / spec.samples());
    for (int prompt = 0; prompt < prompts; prompt++) {
      int first = prompt * spec.samples();
      double[] proxy = Arrays.copyOfRange(verdict.proxy(), first, first + spec.samples());
      lines.add(line(1, answers, verdict, first));
      lines.add(line(spec.samples(), answers, verdict, first + PeakRules.highest(proxy)));
    }
    return lines;
  }

  private static SampleLine line(int n, List<Answer> answers, Judges.Verdict verdict, int index) {
    Answer answer = answers.get(index);
    return new SampleLine(
        n,
        answer.prompt().text(),
        answer.text(),
        answer.completion().ended(),
        Optional.of(verdict.gold()[index]),
        Optional.of(verdict.proxy()[index]));
  }

  @Override
  public void save(CheckpointWriter out) throws IOException {
    rows.save(out);
    samples.save(out);
    progress.save(out);
  }

  @Override
  public StageOutput finish(ArtifactWriter out) throws IOException {
    List<BestOfNPoint> points = points(rows.rows(Row.class));
    ByteBuffer table = table(points);
    out.content(FILE, table);
    out.attachment(FILE, table);
    out.attachment(SampleLine.FILE, samples.file());
    Map<String, Double> summary = new TreeMap<>();
    for (BestOfNPoint point : points) {
      point
          .means()
          .forEach(
              (name, value) ->
                  summary.put("best-of-n/%s_n%s".formatted(name, point.n()), value.mean()));
      summary.put("best-of-n/kl_n%s".formatted(point.n()), point.kl().mean());
    }
    return new StageOutput(Map.of("", ""), summary);
  }

  private List<BestOfNPoint> points(List<Row> all) {
    double[][] proxy = all.stream().map(Row::proxy).toArray(double[][]::new);
    Map<String, double[][]> measured = new LinkedHashMap<>();
    measured.put("proxy", proxy);
    if (spec.heldout().isPresent()) {
      measured.put(
          "heldout", all.stream().map(row -> row.heldout().orElseThrow()).toArray(double[][]::new));
    }
    measured.put("gold", all.stream().map(Row::gold).toArray(double[][]::new));
    return BestOfNPoint.sweep(
        proxy,
        measured,
        spec.n(),
        new Bootstrap(RESAMPLES, new NamedRandom(spec.seed(), "bootstrap")));
  }

  private static ByteBuffer table(List<BestOfNPoint> points) {
    CsvTable table =
        new CsvTable(
            "n",
            "kl",
            "kl_se",
            "sqrt_kl",
            "proxy",
            "proxy_se",
            "heldout",
            "heldout_se",
            "gold",
            "gold_se",
            "kl_upper_bound");
    for (BestOfNPoint point : points) {
      MeanWithError proxy = point.means().get("proxy");
      Optional<MeanWithError> heldout = Optional.ofNullable(point.means().get("heldout"));
      MeanWithError gold = point.means().get("gold");
      table.row(
          point.n(),
          point.kl().mean(),
          point.kl().standardError(),
          Math.sqrt(Math.max(0, point.kl().mean())),
          proxy.mean(),
          proxy.standardError(),
          CsvTable.cell(heldout.map(MeanWithError::mean)),
          CsvTable.cell(heldout.map(MeanWithError::standardError)),
          gold.mean(),
          gold.standardError(),
          point.klUpperBound());
    }
    return table.bytes();
  }

  @Override
  public void close() {
    opened.close();
  }

  /** The samples of one prompt. */
  record Row(long promptId, double[] proxy, Optional<double[]> heldout, double[] gold) {}
}

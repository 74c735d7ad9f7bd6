package dev.temper.trainers.stage;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.EvaluationSpec;
import dev.temper.recipes.Input;
import dev.temper.recipes.SuiteSpec;
import dev.temper.trainers.Inputs;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageContext;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.DataSources;
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.data.Row;
import dev.temper.trainers.estimate.PairAccuracy;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.random.NamedRandom;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** One suite of an evaluation: the same prompts and random numbers for every model. */
final class EvaluationSuite {
  private static final String LIKELIHOOD = "likelihood";
  private static final String REWARD_ACCURACY = "reward-accuracy";
  private static final int SAMPLES = 16;

  private final SuiteSpec spec;
  private final EvaluationSpec evaluation;
  private final StageContext context;
  private final Inputs inputs;
  private final Engine engine;
  private final Map<String, ToDoubleFunction<Answer>> completionMetrics;

  EvaluationSuite(SuiteSpec spec, EvaluationSpec evaluation, StageContext context, Engine engine) {
    this.spec = spec;
    this.evaluation = evaluation;
    this.context = context;
    this.inputs = context.inputs();
    this.engine = engine;
    this.completionMetrics = CompletionMetrics.of(spec);
    List<String> unknown =
        spec.metrics().stream()
            .filter(name -> !CompletionMetrics.known(name))
            .filter(name -> !name.equals(LIKELIHOOD) && !name.equals(REWARD_ACCURACY))
            .toList();
    if (!unknown.isEmpty()) {
      throw new StageFailure(
          StageFailure.Type.INVALID_SPEC,
          "suite '%s' has unknown metrics %s".formatted(spec.name(), unknown));
    }
  }

  /** One measurement that can be made on its own. */
  interface Unit {
    Measurement measure(Pulse pulse) throws IOException;
  }

  /** Every measurement of the suite, models in the order of the recipe. */
  List<Unit> units() {
    List<Unit> units = new ArrayList<>();
    if (!completionMetrics.isEmpty() || spec.metrics().contains(LIKELIHOOD)) {
      evaluation.models().forEach(model -> units.add(pulse -> policy(model, pulse)));
    }
    if (spec.metrics().contains(REWARD_ACCURACY)) {
      evaluation.rewardModels().forEach(model -> units.add(pulse -> rewardModel(model, pulse)));
    }
    return units;
  }

  private Measurement policy(Input model, Pulse pulse) throws IOException {
    SortedMap<String, double[]> values = new TreeMap<>();
    List<Measurement.Sample> samples = new ArrayList<>();
    try (CompletionSource source = CompletionSource.open(engine, context, model, spec.sampling())) {
      if (!completionMetrics.isEmpty()) {
        List<Answer> answers = answers(source, pulse);
        completionMetrics.forEach(
            (name, metric) -> values.put(name, answers.stream().mapToDouble(metric).toArray()));
        answers.stream().limit(SAMPLES).map(answer -> sample(model, answer)).forEach(samples::add);
      }
      if (spec.metrics().contains(LIKELIHOOD)) {
        values.put(LIKELIHOOD, likelihood(local(source), pulse));
      }
    }
    return new Measurement(spec.name(), model.text(), values, samples);
  }

  private ModelFolder.Policy local(CompletionSource source) {
    if (source instanceof ModelFolder.Policy policy) {
      return policy;
    }
    throw new StageFailure(
        StageFailure.Type.INVALID_SPEC,
        "suite '%s' measures %s, which a server cannot: it only samples"
            .formatted(spec.name(), LIKELIHOOD));
  }

  private List<Answer> answers(CompletionSource policy, Pulse pulse) {
    NamedRandom random = new NamedRandom(evaluation.seed(), "evaluation/%s".formatted(spec.name()));
    List<Prompt> prompts = new DataSources(inputs).prompts(data());
    return new PromptSampler(spec.sampling(), random).sample(policy, prompts, 1, 0, pulse);
  }

  private Measurement.Sample sample(Input model, Answer answer) {
    SortedMap<String, Double> metrics = new TreeMap<>();
    completionMetrics.forEach((name, metric) -> metrics.put(name, metric.applyAsDouble(answer)));
    return new Measurement.Sample(
        0,
        spec.name(),
        model.text(),
        answer.prompt().text(),
        answer.text(),
        answer.completion().ended(),
        metrics);
  }

  /**
   * Nats per token of all rows together: the ratio of their negative log-likelihood to their
   * tokens. What stands for a row is the ratio's linearization (delta method), so that the mean is
   * the ratio itself and the spread over rows is that of the ratio, whatever their lengths.
   */
  private double[] likelihood(ModelFolder.Policy policy, Pulse pulse) {
    List<Row> rows = new DataSources(inputs).rows(data());
    List<Sequence> sequences = rows.stream().map(policy.format()::sequence).toList();
    List<float[]> logProbs =
        policy.model().logProbs(sequences, 1, spec.sampling().chunkSequences(), pulse);
    double[] nats = logProbs.stream().mapToDouble(EvaluationSuite::nats).toArray();
    double tokens = logProbs.stream().mapToInt(row -> row.length).sum();
    double ratio = Arrays.stream(nats).sum() / tokens;
    double[] values = new double[nats.length];
    for (int i = 0; i < values.length; i++) {
      double excess = nats[i] - ratio * logProbs.get(i).length;
      values[i] = ratio + excess * values.length / tokens;
    }
    return values;
  }

  private static double nats(float[] logProbs) {
    double sum = 0;
    for (float logProb : logProbs) {
      sum -= logProb;
    }
    return sum;
  }

  private Measurement rewardModel(Input model, Pulse pulse) throws IOException {
    Input pairs =
        spec.pairs()
            .orElseThrow(
                () ->
                    new StageFailure(
                        StageFailure.Type.INVALID_SPEC,
                        "suite '%s' measures reward-accuracy, which needs pairs"
                            .formatted(spec.name())));
    List<PairRow> rows =
        JsonLines.read(inputs.folder(pairs).resolve(PairRow.FILE), PairRow.class).stream()
            .filter(row -> !row.tokenIdentical())
            .toList();
    try (NormalizedReward reward = NormalizedReward.load(engine, inputs.folder(model))) {
      int chunk = spec.sampling().chunkSequences();
      double[] scores =
          reward.scores(
              Stream.concat(
                      rows.stream().map(PairRow::chosenSequence),
                      rows.stream().map(PairRow::rejectedSequence))
                  .toList(),
              chunk,
              pulse);
      return new Measurement(spec.name(), model.text(), accuracies(rows, scores), List.of());
    }
  }

  /** Agreement with the labels, and with gold where it decides, by prompt. */
  private static SortedMap<String, double[]> accuracies(List<PairRow> rows, double[] scores) {
    Map<Long, List<Double>> labels = new LinkedHashMap<>();
    Map<Long, List<Double>> gold = new LinkedHashMap<>();
    for (int i = 0; i < rows.size(); i++) {
      PairRow row = rows.get(i);
      double right =
          PairAccuracy.perPair(new double[] {scores[i]}, new double[] {scores[rows.size() + i]})[0];
      if (!row.tie()) {
        labels.computeIfAbsent(row.promptId(), id -> new ArrayList<>()).add(right);
      }
      if (row.goldDecides()) {
        gold.computeIfAbsent(row.promptId(), id -> new ArrayList<>())
            .add(row.goldAgrees() ? right : 1 - right);
      }
    }
    SortedMap<String, double[]> accuracies = new TreeMap<>();
    accuracies.put(REWARD_ACCURACY, byPrompt(labels));
    accuracies.put("reward-gold-order", byPrompt(gold));
    accuracies.values().removeIf(values -> values.length == 0);
    return accuracies;
  }

  private static double[] byPrompt(Map<Long, List<Double>> pairs) {
    return pairs.values().stream()
        .mapToDouble(values -> RowMeans.of(values, value -> value))
        .toArray();
  }

  private DataSource data() {
    return spec.data()
        .orElseThrow(
            () ->
                new StageFailure(
                    StageFailure.Type.INVALID_SPEC,
                    "suite '%s' measures %s, which needs data"
                        .formatted(spec.name(), spec.metrics())));
  }
}

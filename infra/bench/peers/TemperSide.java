import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.recipes.DataSource;
import dev.temper.recipes.EndSpec;
import dev.temper.recipes.Input;
import dev.temper.recipes.KlSpec;
import dev.temper.recipes.Method;
import dev.temper.recipes.Numerics;
import dev.temper.recipes.OptimizerSpec;
import dev.temper.recipes.PanelSpec;
import dev.temper.recipes.RlSpec;
import dev.temper.recipes.SamplingSpec;
import dev.temper.trainers.Compute;
import dev.temper.trainers.Inputs;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageContext;
import dev.temper.trainers.StepReport;
import dev.temper.trainers.StepwiseTask;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.model.LanguageModel;
import dev.temper.trainers.model.Learner;
import dev.temper.trainers.model.RewardModel;
import dev.temper.trainers.model.Scalars;
import dev.temper.trainers.model.ScoreObjective;
import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.model.StepResult;
import dev.temper.trainers.model.TokenObjective;
import dev.temper.trainers.random.NamedRandom;
import dev.temper.trainers.reward.RewardLoss;
import dev.temper.trainers.reward.RewardLosses;
import dev.temper.trainers.stage.Stages;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Temper's side of a measurement: trains and samples as its stages do, and answers each line of
 * standard input with one line of JSON about one round.
 *
 * <p>{@code java -cp CLASSPATH TemperSide JSON}, with work (sft, dpo, rm, generate, grpo, products),
 * folder, rows, model, batch, bf16, and what the work needs besides. With threads 1 and profile, a
 * file: the second round's operations, as a Chrome trace.
 */
final class TemperSide {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final PrintStream ANSWERS = System.out;
  private static final BufferedReader ASKED =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
  private static final double DPO_BETA = 0.1;
  private static final int PRODUCT = 2048;

  private final JsonNode asked;
  private final Path folder;
  private final Path model;
  private final Compute compute;
  private final Engine engine;

  private TemperSide(JsonNode asked, Compute compute) {
    this.asked = asked;
    this.folder = Path.of(asked.path("folder").asText());
    this.model = folder.resolve(asked.path("model").asText("model"));
    this.compute = compute;
    this.engine = new Engine(compute, numerics());
  }

  /** What a round did. */
  private record Done(double count, List<Double> losses) {}

  private interface Round {
    Done run(int round) throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    System.setOut(System.err);
    JsonNode asked = JSON.readTree(arguments[0]);
    try (Compute compute = new Compute(asked.path("threads").asInt(2))) {
      new TemperSide(asked, compute).run();
    }
    System.exit(0);
  }

  private void run() throws Exception {
    Round round =
        switch (asked.path("work").asText()) {
          case "sft" -> fineTuning();
          case "dpo" -> preference();
          case "rm" -> reward();
          case "generate" -> generation();
          case "grpo" -> reinforcement();
          case "products" -> products();
          default -> throw new IllegalArgumentException("no such work: " + asked.path("work"));
        };
    say(JSON.createObjectNode().put("ready", true));
    String profile = asked.path("profile").asText();
    for (int i = 0; ASKED.readLine() != null; i++) {
      boolean profiled = i == 1 && !profile.isEmpty();
      if (profiled) {
        onThread(() -> JniUtils.startProfile(false, false, false));
      }
      long start = System.nanoTime();
      Done done = round.run(i);
      ObjectNode answer = JSON.createObjectNode();
      answer.put("seconds", (System.nanoTime() - start) / 1e9).put("count", done.count());
      ArrayNode losses = answer.putArray("losses");
      done.losses().forEach(losses::add);
      if (profiled) {
        onThread(() -> JniUtils.stopProfile(profile));
      }
      say(answer);
    }
  }

  /** The profiler sees the operations of the thread that starts it: there must be only one. */
  private void onThread(Runnable call) {
    compute.all(List.of(Executors.callable(call)), Pulse.NONE);
  }

  private static void say(ObjectNode answer) throws IOException {
    try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
      String peak = status.filter(line -> line.startsWith("VmHWM")).findFirst().orElse("VmHWM: 0");
      answer.put("peakMb", Long.parseLong(peak.replaceAll("\\D", "")) / 1024.0);
    }
    ANSWERS.println(answer);
    ANSWERS.flush();
  }

  private Numerics numerics() {
    return new Numerics(asked.path("bf16").asBoolean() ? "bfloat16" : "float32", "cpu");
  }

  private static OptimizerSpec optimizer() {
    return new OptimizerSpec("constant", 0, 1, 0, 0.9, 0.95, 1e-8, 1);
  }

  private double learningRate() {
    return asked.path("learningRate").asDouble();
  }

  private List<JsonNode> rows() throws IOException {
    try (Stream<String> lines = Files.lines(folder.resolve(asked.path("rows").asText()))) {
      List<JsonNode> rows = new ArrayList<>();
      for (String line : lines.toList()) {
        rows.add(JSON.readTree(line));
      }
      return rows.subList(0, Math.min(rows.size(), asked.path("limit").asInt(rows.size())));
    }
  }

  private static int[] ids(JsonNode ids) {
    return IntStream.range(0, ids.size()).map(i -> ids.get(i).asInt()).toArray();
  }

  private static <T> List<List<T>> cut(List<T> rows, int size) {
    List<List<T>> pieces = new ArrayList<>();
    for (int from = 0; from < rows.size(); from += size) {
      pieces.add(rows.subList(from, Math.min(rows.size(), from + size)));
    }
    return pieces;
  }

  /** One epoch, as the stage {@code sft} makes its steps. */
  private Round fineTuning() throws IOException {
    List<Sequence> sequences =
        rows().stream()
            .map(row -> new Sequence(ids(row.get("prompt")), ids(row.get("completion"))))
            .toList();
    LanguageModel policy = LanguageModel.load(engine, model);
    Learner learner = Learner.of(engine, policy, optimizer(), 1);
    return round -> {
      List<Double> losses = new ArrayList<>();
      long trained = 0;
      for (List<Sequence> batch : cut(sequences, asked.path("batch").asInt())) {
        long tokens = batch.stream().mapToLong(Sequence::trainedTokens).sum();
        trained += tokens;
        StepResult result =
            learner.stepOnTokens(
                cut(batch, asked.path("microBatch").asInt()),
                asked.path("rowTokens").asInt(),
                1.0 / tokens,
                learningRate(),
                Pulse.NONE);
        losses.add(result.loss());
      }
      return new Done(trained, losses);
    };
  }

  private record Pair(Sequence chosen, Sequence rejected, double[] reference) {}

  private List<Pair> pairs() throws IOException {
    return rows().stream()
        .map(
            row ->
                new Pair(
                    new Sequence(ids(row.get("prompt")), ids(row.get("chosen"))),
                    new Sequence(ids(row.get("prompt")), ids(row.get("rejected"))),
                    new double[2]))
        .toList();
  }

  /** Chosen sequences, then rejected ones. */
  private static List<Sequence> sides(List<Pair> pairs) {
    return Stream.concat(
            pairs.stream().map(Pair::chosen), pairs.stream().map(Pair::rejected))
        .toList();
  }

  private interface PairStep {
    StepResult step(List<List<Pair>> microBatches, double weight);
  }

  private Round pairRounds(List<Pair> pairs, PairStep learner) {
    return round -> {
      List<Double> losses = new ArrayList<>();
      for (List<Pair> batch : cut(pairs, asked.path("batch").asInt())) {
        losses.add(
            learner
                .step(cut(batch, asked.path("microBatch").asInt()), 1.0 / batch.size())
                .loss());
      }
      return new Done(pairs.size(), losses);
    };
  }

  /** DPO, arXiv:2305.18290 eq. (7): Bradley-Terry on beta times the log-ratios to a reference. */
  private Round preference() throws IOException {
    List<Pair> pairs = pairs();
    LanguageModel policy = LanguageModel.load(engine, model);
    List<float[]> reference = policy.logProbs(sides(pairs), 1, 32, Pulse.NONE);
    for (int i = 0; i < pairs.size(); i++) {
      pairs.get(i).reference()[0] = sum(reference.get(i));
      pairs.get(i).reference()[1] = sum(reference.get(pairs.size() + i));
    }
    Learner learner = Learner.of(engine, policy, optimizer(), 1);
    RewardLoss loss = RewardLosses.create(new Method("bradley-terry", Map.of()));
    return pairRounds(
        pairs,
        (microBatches, weight) -> {
          TokenObjective objective =
              (micro, logProbs, mask) -> {
                List<Pair> here = microBatches.get(micro);
                NDArray sums = logProbs.sum(new int[] {1});
                return loss.compute(
                    implied(sums, here, 0), implied(sums, here, 1), weight);
              };
          return learner.step(
              microBatches.stream().map(TemperSide::sides).toList(),
              asked.path("rowTokens").asInt(),
              objective,
              learningRate(),
              Pulse.NONE);
        });
  }

  /** Implied rewards of one side of a micro-batch. */
  private static NDArray implied(NDArray sums, List<Pair> pairs, int side) {
    int size = pairs.size();
    float[] reference = new float[size];
    for (int i = 0; i < size; i++) {
      reference[i] = (float) pairs.get(i).reference()[side];
    }
    NDManager manager = sums.getManager();
    NDArray own = sums.get(new NDIndex("{}:{}", side * size, (side + 1) * size));
    return Scalars.times(own.sub(manager.create(reference)), DPO_BETA);
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }

  /** One epoch, as the stage {@code reward-model} makes its steps. */
  private Round reward() throws IOException {
    RewardModel scorer = RewardModel.load(engine, model);
    Learner learner = Learner.of(engine, scorer, optimizer(), 1);
    RewardLoss loss = RewardLosses.create(new Method("bradley-terry", Map.of()));
    return pairRounds(
        pairs(),
        (microBatches, weight) -> {
          ScoreObjective objective =
              (micro, scores) -> {
                long half = scores.getShape().get(0) / 2;
                return loss.compute(
                    scores.get(new NDIndex("0:{}", half)),
                    scores.get(new NDIndex("{}:{}", half, 2 * half)),
                    weight);
              };
          return learner.stepOnScores(
              microBatches.stream().map(TemperSide::sides).toList(),
              asked.path("rowTokens").asInt(),
              objective,
              learningRate(),
              Pulse.NONE);
        });
  }

  private Round generation() throws IOException {
    int promptTokens = asked.path("promptTokens").asInt();
    List<int[]> prompts =
        rows().stream()
            .map(row -> ids(row.get("prompt")))
            .map(ids -> Arrays.copyOf(ids, Math.min(ids.length, promptTokens)))
            .toList();
    LanguageModel policy = LanguageModel.load(engine, model);
    NamedRandom random = new NamedRandom(1, "rollouts");
    return round -> {
      long tokens = 0;
      for (List<int[]> batch : cut(prompts, asked.path("batch").asInt())) {
        tokens +=
            policy
                .generate(
                    batch,
                    sampling(),
                    (sequence, position) -> random.uniform(round, sequence, 0, position),
                    Pulse.NONE)
                .stream()
                .mapToLong(completion -> completion.tokens().length)
                .sum();
      }
      return new Done(tokens, List.of());
    };
  }

  private SamplingSpec sampling() {
    return new SamplingSpec(
        1, asked.path("newTokens").asInt(), asked.path("chunk").asInt(), asked.path("slots").asInt());
  }

  /** Some steps of the stage {@code rl} itself. */
  private Round reinforcement() throws IOException {
    int group = asked.path("group").asInt();
    int prompts = asked.path("batch").asInt();
    Input policy = new Input("policy", "");
    RlSpec spec =
        new RlSpec(
            policy,
            policy,
            Optional.empty(),
            List.of(
                new Method(
                    "format",
                    Map.of("pattern", "(?s).*[a-m]", "requireEnd", false, "weight", 1.0))),
            new DataSource.File(asked.path("rows").asText(), "", asked.path("limit").asInt()),
            1_000_000,
            prompts,
            group,
            1,
            1,
            asked.path("microBatch").asInt(),
            asked.path("rowTokens").asInt(),
            sampling(),
            new Method("grpo", Map.of()),
            new Method("grpo", Map.of()),
            new KlSpec("loss", "k3", "sum", 0.04),
            new EndSpec("score", 0),
            1_000_000,
            learningRate(),
            optimizer(),
            new PanelSpec(Optional.empty(), 0, 1_000_000, sampling()),
            1,
            numerics());
    Inputs inputs =
        new Inputs() {
          @Override
          public Path folder(Input input) {
            return model;
          }

          @Override
          public Path file(DataSource.File file) {
            return folder.resolve(file.file());
          }
        };
    StepwiseTask task =
        Stages.factory().open(new StageContext(spec, inputs, compute), Optional.empty());
    int steps = rows().size() / prompts;
    return round -> {
      double tokens = 0;
      for (int i = 0; i < steps; i++) {
        StepReport report = task.advance(Pulse.NONE);
        tokens += prompts * group * report.metrics().get("rollout/length");
      }
      return new Done(tokens, List.of());
    };
  }

  /** Floating-point operations of plain float32 products, one on each thread. */
  private Round products() {
    NDManager manager = engine.newManager();
    NDArray left = manager.randomNormal(new Shape(PRODUCT, PRODUCT));
    NDArray right = manager.randomNormal(new Shape(PRODUCT, PRODUCT));
    int each = asked.path("batch").asInt();
    List<Callable<Integer>> pieces =
        IntStream.range(0, compute.size())
            .mapToObj(
                thread ->
                    (Callable<Integer>)
                        () -> {
                          for (int i = 0; i < each; i++) {
                            left.matMul(right).close();
                          }
                          return each;
                        })
            .collect(Collectors.toList());
    return round ->
        new Done(
            2.0 * PRODUCT * PRODUCT * PRODUCT
                * compute.all(pieces, Pulse.NONE).stream().mapToInt(n -> n).sum(),
            List.of());
  }
}

package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.recipes.Input;
import dev.temper.recipes.Method;
import dev.temper.recipes.OptimizerSpec;
import dev.temper.recipes.RecipeJson;
import dev.temper.recipes.RewardModelSpec;
import dev.temper.recipes.RlSpec;
import dev.temper.recipes.SftSpec;
import dev.temper.recipes.StageSpec;
import dev.temper.trainers.Compute;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.loss.PolicyLosses;
import dev.temper.trainers.model.Completion;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.model.LanguageModel;
import dev.temper.trainers.model.Learner;
import dev.temper.trainers.model.Sequence;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The gradient of a batch is one number per weight, however the batch is cut, ordered and packed.
 *
 * <p>One step of plain gradient descent moves the weights by it.
 */
class GradientEquivalenceTest {

  private static final ObjectMapper JSON = RecipeJson.mapper();

  /** Moves a weight by {@code rate * g / epsilon}. */
  private static final OptimizerSpec DESCENT = new OptimizerSpec("constant", 0, 0, 0, 0, 0, 1e6, 0);

  @TempDir static Path made;
  private static TinyStages stages;

  @BeforeAll
  static void prepare() throws IOException {
    stages = new TinyStages(made, 2);
    stages.run("base", TinySpecs.pretrain(2));
    stages.run("pairs", TinySpecs.preferences(20, 2, TinySpecs.labeller(0, 0), Map.of("train", 9)));
  }

  @AfterAll
  static void close() {
    stages.close();
  }

  @SuppressWarnings("unchecked") // what comes back is of the kind that was given
  private static <S extends StageSpec> S changed(S spec, Map<String, Object> values) {
    ObjectNode tree = JSON.valueToTree((StageSpec) spec);
    tree.set("optimizer", JSON.valueToTree(DESCENT));
    tree.put("learningRate", 1e6);
    values.forEach((name, value) -> tree.set(name, JSON.valueToTree(value)));
    try {
      return (S) JSON.treeToValue(tree, StageSpec.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static float[] floats(byte[] safetensors) {
    ByteBuffer bytes = ByteBuffer.wrap(safetensors).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(8 + (int) bytes.getLong(0));
    FloatBuffer values = bytes.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] floats = new float[values.remaining()];
    values.get(floats);
    return floats;
  }

  private static double largestDifference(float[] one, float[] other) {
    assertThat(one).hasSameSizeAs(other);
    double largest = 0;
    for (int i = 0; i < one.length; i++) {
      largest = Math.max(largest, Math.abs(one[i] - other[i]));
    }
    return largest;
  }

  /** Rounding alone tells them apart, while all have moved. */
  private static void assertAlike(float[] start, List<float[]> after) {
    for (float[] one : after) {
      assertThat(largestDifference(one, after.get(0))).isLessThan(2e-6);
    }
    assertThat(largestDifference(after.get(0), start)).isGreaterThan(5e-3);
  }

  private static float[] trained(StageSpec spec) throws IOException {
    StageTester.Run run = stages.tester(spec).clean();
    assertThat(run.metrics()).hasSize(1);
    return floats(run.content().get("model.safetensors"));
  }

  @Test
  void ofSupervisedFineTuning() throws IOException {
    SftSpec spec = TinySpecs.sft(TinySpecs.demonstrations(8), 1, Optional.empty());
    List<float[]> after = new ArrayList<>();
    for (Map<String, Object> cut :
        List.<Map<String, Object>>of(
            Map.of("microBatch", 8, "rowTokens", 512),
            Map.of("microBatch", 8, "rowTokens", 8),
            Map.of("microBatch", 3, "rowTokens", 64),
            Map.of("microBatch", 1, "rowTokens", 64),
            // Another seed is another order.
            Map.of("microBatch", 3, "rowTokens", 64, "seed", 99))) {
      after.add(trained(changed(spec, cut)));
    }
    assertAlike(floats(Files.readAllBytes(made.resolve("base/model.safetensors"))), after);
  }

  @Test
  void ofAnAdapter() throws IOException {
    SftSpec spec = TinySpecs.sft(TinySpecs.demonstrations(8), 1, Optional.empty());
    ObjectNode lora = JSON.valueToTree(DESCENT);
    lora.putObject("lora")
        .put("rank", 2)
        .put("alpha", 4.0)
        .put("rankStabilized", false)
        .putArray("targets")
        .add("q_proj")
        .add("up_proj");
    List<float[]> after = new ArrayList<>();
    for (int microBatch : new int[] {8, 3, 1}) {
      after.add(
          trained(
              changed(
                  spec,
                  Map.of(
                      "microBatch", microBatch, "rowTokens", 16 * microBatch, "optimizer", lora))));
    }
    assertAlike(floats(Files.readAllBytes(made.resolve("base/model.safetensors"))), after);
  }

  @Test
  void ofARewardModel() throws IOException {
    RewardModelSpec spec = TinySpecs.rewardModel(Optional.empty(), 1);
    List<PairRow> pairs =
        JsonLines.read(made.resolve("pairs/train").resolve(PairRow.FILE), PairRow.class);
    List<float[]> after = new ArrayList<>();
    for (Map<String, Object> cut :
        List.<Map<String, Object>>of(
            Map.of("batchPairs", 9, "microBatchPairs", 9, "rowTokens", 512),
            Map.of("batchPairs", 9, "microBatchPairs", 9, "rowTokens", 8),
            Map.of("batchPairs", 9, "microBatchPairs", 4, "rowTokens", 64),
            Map.of("batchPairs", 9, "microBatchPairs", 1, "rowTokens", 64))) {
      after.add(trained(changed(spec, cut)));
    }
    List<PairRow> backwards = new ArrayList<>(pairs);
    Collections.reverse(backwards);
    Path reversed = Files.createDirectories(made.resolve("reversed"));
    try (Stream<Path> files = Files.list(made.resolve("pairs/train"))) {
      for (Path file : files.toList()) {
        Files.copy(file, reversed.resolve(file.getFileName()));
      }
    }
    Files.write(reversed.resolve(PairRow.FILE), JsonLines.write(backwards).array());
    stages.offer("reversed", reversed);
    after.add(
        trained(
            changed(
                spec,
                Map.of(
                    "pairs", new Input("reversed", ""), "batchPairs", 9, "microBatchPairs", 4))));
    float[] unmoved = trained(changed(spec, Map.of("batchPairs", 9, "learningRate", 1e-30)));
    assertAlike(unmoved, after);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sequence-mean", "token-mean", "fixed-length"})
  void ofReinforcement(String aggregation) throws IOException {
    RlSpec spec =
        TinyRl.modelled()
            .loss(new Method("ppo-clip", Map.of("aggregation", aggregation, "maxLength", 8)))
            .spec();
    List<float[]> after = new ArrayList<>();
    for (Map<String, Object> cut :
        List.<Map<String, Object>>of(
            Map.of("microBatch", 6, "rowTokens", 256, "optimizerStepsPerBatch", 1),
            Map.of("microBatch", 6, "rowTokens", 8, "optimizerStepsPerBatch", 1),
            Map.of("microBatch", 4, "rowTokens", 64, "optimizerStepsPerBatch", 1),
            Map.of("microBatch", 1, "rowTokens", 64, "optimizerStepsPerBatch", 1),
            Map.of("microBatch", 4, "rowTokens", 64, "optimizerStepsPerBatch", 1, "seed", 99))) {
      after.add(updated(changed(spec, cut)));
    }
    float[] start = floats(Files.readAllBytes(made.resolve("base/model.safetensors")));
    assertAlike(start, after);
  }

  private static final List<Sequence> SEQUENCES =
      List.of(
          new Sequence(new int[] {0, 30}, new int[] {10, 11, 12}),
          new Sequence(new int[] {0, 31}, new int[] {20}),
          new Sequence(new int[] {0, 32, 33}, new int[] {40, 41, 42, 43, 44}),
          new Sequence(new int[] {0, 34}, new int[] {50, 51}),
          new Sequence(new int[] {0, 35}, new int[] {60, 61, 62, 63}),
          new Sequence(new int[] {0, 36, 37, 38}, new int[] {5, 6}));

  private static float[] updated(RlSpec spec) throws IOException {
    try (Compute compute = new Compute(2)) {
      Engine engine = new Engine(compute);
      try (LanguageModel model = LanguageModel.load(engine, made.resolve("base"));
          Learner learner = Learner.of(engine, model, spec.optimizer(), 0)) {
        List<float[]> old = model.logProbs(SEQUENCES, 1, 6, Pulse.NONE);
        RolloutBatch batch =
            new RolloutBatch(
                IntStream.range(0, 6).mapToObj(i -> answer(i, old.get(i))).toList(),
                old,
                old,
                new double[] {4, 3, 2, 1, 0, -1},
                new double[] {2, -1, 1.5, -0.5, 0.25, -2},
                // What is left out must not count anywhere.
                new boolean[] {true, true, true, false, true, true});
        new PolicyUpdate(
                learner, spec, PolicyLosses.aggregation(spec.loss()), 1e-3, new StepAtHand())
            .apply(batch, PolicyLosses.create(spec.loss()), 0, Pulse.NONE);
        ByteBuffer file = model.files().get("model.safetensors");
        byte[] bytes = new byte[file.remaining()];
        file.duplicate().get(bytes);
        return floats(bytes);
      }
    }
  }

  private static Answer answer(int index, float[] logProbs) {
    Sequence sequence = SEQUENCES.get(index);
    return new Answer(
        new Prompt("prompt " + index, Map.of(), index),
        0,
        sequence,
        new Completion(sequence.completion(), logProbs, true),
        "text");
  }
}

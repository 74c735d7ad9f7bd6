package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.temper.recipes.RlSpec;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.Compute;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.loss.PolicyLosses;
import dev.temper.trainers.model.Completion;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.model.LanguageModel;
import dev.temper.trainers.model.Learner;
import dev.temper.trainers.model.Sequence;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyUpdateTest {

  private static final RlSpec SPEC = TinyRl.modelled().steps(3).spec();
  private static final List<Sequence> SEQUENCES =
      List.of(
          new Sequence(new int[] {0, 30}, new int[] {10, 11, 12}),
          new Sequence(new int[] {0, 31}, new int[] {20}),
          new Sequence(new int[] {0, 32, 33}, new int[] {40, 41, 42, 43, 44}),
          new Sequence(new int[] {0, 34}, new int[] {50, 51}));

  private static final double[] REWARDS = {4, 3, 2, 1};

  @TempDir Path folder;
  private final StepAtHand atHand = new StepAtHand();

  @Test
  void whatIsNotTrainedOnHasNoInfluence() throws IOException {
    boolean[] trained = {true, false, true, true};

    List<float[]> mild = after(new double[] {1, 0, -1, 0.5}, trained, 0);
    List<float[]> wild = after(new double[] {1, 1000, -1, 0.5}, trained, 0);

    assertThat(wild.toArray(float[][]::new)).isDeepEqualTo(mild.toArray(float[][]::new));
  }

  @Test
  void aPositiveAdvantageMakesEveryTokenOfItsCompletionLikelier() throws IOException {
    boolean[] trained = {true, true, true, true};
    List<float[]> before = after(new double[4], trained, 0);

    List<float[]> after = after(new double[] {0, 0, 1, 0}, trained, 0);

    for (int t = 0; t < after.get(2).length; t++) {
      assertThat(after.get(2)[t]).isGreaterThan(before.get(2)[t]);
    }
    List<float[]> opposite = after(new double[] {0, 0, -1, 0}, trained, 0);
    assertThat(opposite.get(2)[4]).isLessThan(before.get(2)[4]);
  }

  @Test
  void aSamplerThatDisagreesStopsTheRun() {
    assertThatThrownBy(
            () -> after(new double[] {1, 0, 0, -1}, new boolean[] {true, true, true, true}, 0.01))
        .asInstanceOf(InstanceOfAssertFactories.type(StageFailure.class))
        .extracting(StageFailure::type)
        .isEqualTo(StageFailure.Type.TRAINING_DIVERGED);
  }

  @Test
  void theOptimizerStepThatFailedIsShownWithWhatItWasTrainedOn() throws IOException {
    double[] advantages = {1, 0.5, 0, -1};
    StageFailure failure =
        catchThrowableOfType(
            StageFailure.class,
            () -> after(advantages, new boolean[] {true, true, false, true}, 0.01));

    MemoryFiles shown = new MemoryFiles();
    atHand.inspect(failure, shown);

    StepAtHand.Step step =
        JsonLines.object(shown.files().get(StepAtHand.STEP), StepAtHand.Step.class);
    // The second step of the stage, each of which takes two optimizer steps.
    assertThat(step)
        .isEqualTo(
            new StepAtHand.Step(
                2, Optional.of(3L), Optional.of(SPEC.learningRate()), failure.getMessage()));
    List<RolloutLine> batch =
        JsonLines.read(shown.files().get(StepAtHand.BATCH), StepAtHand.BATCH, RolloutLine.class);
    assertThat(batch)
        .hasSize(2)
        .allSatisfy(
            line -> {
              int index = Integer.parseInt(line.prompt().substring("prompt ".length()));
              assertThat(line.promptTokens()).isEqualTo(SEQUENCES.get(index).prompt());
              assertThat(line.tokens()).isEqualTo(SEQUENCES.get(index).completion());
              assertThat(line.logProbs()).hasSameSizeAs(line.tokens());
              assertThat(line.reward()).isEqualTo(REWARDS[index]);
              assertThat(line.advantage()).hasValue(advantages[index]);
              assertThat(line.trained()).hasValue(index != 2);
            });
  }

  @Test
  void everyOptimizerStepIsCountedAndItsPartsCoverTheBatch() throws IOException {
    Map<String, Double> metrics =
        metrics(new double[] {1, -1, 1, -1}, new boolean[] {true, true, true, true}, 0);

    assertThat(metrics).containsEntry("policy/updates", 2.0);
    assertThat(metrics.get("policy/sampler_gap")).isLessThan(1e-5);
    assertThat(metrics).containsKeys("policy/clip_fraction", "policy/ratio_mean", "policy/loss");
  }

  private List<float[]> after(double[] advantages, boolean[] trained, double samplerError)
      throws IOException {
    return train(advantages, trained, samplerError).logProbs();
  }

  private Map<String, Double> metrics(double[] advantages, boolean[] trained, double samplerError)
      throws IOException {
    return train(advantages, trained, samplerError).metrics();
  }

  private Trained train(double[] advantages, boolean[] trained, double samplerError)
      throws IOException {
    Path init = TinyModels.policy(folder.resolve("policy"), 1);
    try (Compute compute = new Compute(2);
        LanguageModel model = LanguageModel.load(new Engine(compute), init);
        Learner learner = Learner.of(new Engine(compute), model, SPEC.optimizer(), 0)) {
      List<float[]> old = new ArrayList<>();
      for (float[] logProbs : model.logProbs(SEQUENCES, 1, 4, Pulse.NONE)) {
        float[] sampled = logProbs.clone();
        sampled[0] += (float) samplerError;
        old.add(sampled);
      }
      RolloutBatch batch =
          new RolloutBatch(
              IntStream.range(0, 4).mapToObj(i -> answer(i, old.get(i))).toList(),
              old,
              old,
              REWARDS,
              advantages,
              trained);
      Map<String, Double> metrics =
          new PolicyUpdate(learner, SPEC, PolicyLosses.aggregation(SPEC.loss()), 1e-3, atHand)
              .apply(batch, PolicyLosses.create(SPEC.loss()), 1, Pulse.NONE);
      return new Trained(metrics, model.logProbs(SEQUENCES, 1, 4, Pulse.NONE));
    }
  }

  private record MemoryFiles(Map<String, ByteBuffer> files) implements CheckpointWriter {
    MemoryFiles() {
      this(new HashMap<>());
    }

    @Override
    public void put(String path, ByteBuffer content) {
      files.put(path, content);
    }

    @Override
    public void putOnce(String path, Content content) throws IOException {
      put(path, content.bytes());
    }
  }

  private record Trained(Map<String, Double> metrics, List<float[]> logProbs) {}

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

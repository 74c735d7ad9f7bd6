package dev.temper.trainers.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.temper.trainers.Compute;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.random.NamedRandom;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RewardModelTest {

  @TempDir private Path folder;
  private Compute compute;
  private Engine engine;
  private RewardModel model;

  @BeforeEach
  void start() throws Exception {
    compute = new Compute(2);
    engine = new Engine(compute);
    try (LanguageModel policy = TinyModels.model(engine, TinyModels.config(false))) {
      TinyModels.write(policy.files(), folder);
    }
    model = RewardModel.fromPolicy(engine, folder, new NamedRandom(1, "head"));
  }

  @AfterEach
  void stop() {
    model.close();
    compute.close();
  }

  @Test
  void scoresAreReadOffTheLastTrueToken() throws Exception {
    ReferenceLlama reference = new ReferenceLlama(model.config(), model.files());
    List<Sequence> sequences = TinyModels.sequences(7, 2);
    float[] scores = model.scores(sequences, 3, Pulse.NONE);
    for (int i = 0; i < scores.length; i++) {
      Sequence sequence = sequences.get(i);
      int[] ids =
          IntStream.concat(IntStream.of(sequence.prompt()), IntStream.of(sequence.completion()))
              .toArray();
      assertThat((double) scores[i]).isCloseTo(reference.score(ids), within(1e-4));
    }
  }

  @Test
  void headsDifferBySeedAndBodiesDoNot() throws Exception {
    try (RewardModel other = RewardModel.fromPolicy(engine, folder, new NamedRandom(2, "head"))) {
      Map<String, StoredTensor> mine = tensors(model);
      Map<String, StoredTensor> theirs = tensors(other);
      assertThat(mine.keySet()).contains("score.weight").doesNotContain("lm_head.weight");
      mine.forEach(
          (name, tensor) ->
              assertThat(tensor.values().equals(theirs.get(name).values()))
                  .as(name)
                  .isEqualTo(!name.equals("score.weight")));
    }
  }

  private static Map<String, StoredTensor> tensors(RewardModel model) throws Exception {
    return SafeTensors.read("model", model.files().get("model.safetensors"));
  }

  @Test
  void anObjectiveSeesTheScoresAndCanTeachAnOrder() {
    List<Sequence> sequences = TinyModels.sequences(6, 3);
    List<Float> seen = new ArrayList<>();
    float[] before = model.scores(sequences, 6, Pulse.NONE);
    // Even sequences up, odd ones down.
    ScoreObjective order =
        (microBatch, scores) -> {
          for (float score : scores.toFloatArray()) {
            seen.add(score);
          }
          float[] signs = {-1, 1, -1, 1, -1, 1};
          return new Loss(scores.mul(scores.getManager().create(signs)).sum(), Map.of());
        };
    try (Learner learner = Learner.of(engine, model, TinyModels.optimizer(1), 0)) {
      for (int i = 0; i < 15; i++) {
        learner.stepOnScores(List.of(sequences), 30, order, 0.01, Pulse.NONE);
      }
    }
    float[] after = model.scores(sequences, 6, Pulse.NONE);
    for (int i = 0; i < before.length; i++) {
      assertThat(seen.get(i)).isCloseTo(before[i], within(1e-5f));
      assertThat(after[i] - before[i]).matches(i % 2 == 0 ? x -> x > 0.5 : x -> x < -0.5);
    }
  }
}

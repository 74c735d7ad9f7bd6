package dev.temper.trainers.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.types.Shape;
import dev.temper.trainers.Compute;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MemoryShortageTest {

  private static final List<Sequence> SEQUENCES = TinyModels.sequences(4, 2);

  private static Compute compute;
  private static Engine engine;

  @BeforeAll
  static void start() {
    compute = new Compute(2);
    engine = new Engine(compute);
  }

  @AfterAll
  static void stop() {
    compute.close();
  }

  /** What goes wrong in the last micro-batch of a step. */
  private interface Planted {
    void now(ai.djl.ndarray.NDArray logp);
  }

  private static StepResult step(Learner learner, int microBatch, Planted planted) {
    List<List<Sequence>> cut =
        microBatch == 2
            ? List.of(SEQUENCES.subList(0, 2), SEQUENCES.subList(2, 4))
            : SEQUENCES.stream().map(List::of).toList();
    return learner.step(
        cut,
        24,
        (index, logp, mask) -> {
          if (index == cut.size() - 1) {
            planted.now(logp);
          }
          return new Loss(Scalars.times(logp.sum(), -0.02), Map.of());
        },
        0.01,
        Pulse.NONE);
  }

  private static MemoryCheckpoint state(LanguageModel model, Learner learner) throws IOException {
    MemoryCheckpoint state = new MemoryCheckpoint();
    model.save(state, "policy/");
    learner.save(state, "learner/");
    return state;
  }

  @Test
  void aStepThatLibtorchRefusesMemoryLeavesAllAsItWasAndCanBeDoneInSmallerParts() throws Exception {
    try (LanguageModel model = TinyModels.model(engine);
        LanguageModel spared = TinyModels.model(engine);
        Learner learner = Learner.of(engine, model, TinyModels.optimizer(1), 0);
        Learner lucky = Learner.of(engine, spared, TinyModels.optimizer(1), 0)) {
      step(learner, 2, logp -> {});
      step(lucky, 2, logp -> {});
      MemoryCheckpoint before = state(model, learner);

      assertThatThrownBy(
              () -> step(learner, 2, logp -> logp.getManager().zeros(new Shape(1L << 50)).close()))
          .isInstanceOfSatisfying(
              StageFailure.class,
              e -> {
                assertThat(e.type()).isEqualTo(StageFailure.Type.OUT_OF_MEMORY);
                assertThat(e)
                    .hasMessageStartingWith(
                        "a training step with micro-batches of up to 2 sequences ran out of"
                            + " memory: ")
                    .hasMessageContaining("you tried to allocate");
                assertThat(e.getMessage()).doesNotContain("\n");
              });

      assertThat(state(model, learner).files()).isEqualTo(before.files());
      double norm = step(learner, 1, logp -> {}).gradientNorm();
      assertThat(norm).isCloseTo(step(lucky, 2, logp -> {}).gradientNorm(), within(1e-5 * norm));
    }
  }

  @Test
  void aCardThatIsFullIsOneToo() {
    assertThat(
            MemoryShortage.in(
                new EngineException("CUDA out of memory. Tried to allocate 2.00 GiB."), 3))
        .isInstanceOf(StageFailure.class)
        .hasMessage(
            "a training step with micro-batches of up to 3 sequences ran out of memory: CUDA out of"
                + " memory. Tried to allocate 2.00 GiB.");
  }

  @Test
  void otherFailuresOfTheEngineStayWhatTheyAre() {
    EngineException other = new EngineException("mat1 and mat2 shapes cannot be multiplied");
    assertThat(MemoryShortage.in(other, 3)).isSameAs(other);
    try (LanguageModel model = TinyModels.model(engine);
        Learner learner = Learner.of(engine, model, TinyModels.optimizer(1), 0)) {
      assertThatThrownBy(
              () ->
                  step(
                      learner,
                      2,
                      logp -> {
                        throw other;
                      }))
          .isSameAs(other);
    }
  }
}

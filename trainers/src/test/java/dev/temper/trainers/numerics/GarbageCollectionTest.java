package dev.temper.trainers.numerics;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.temper.recipes.Method;
import dev.temper.trainers.Compute;
import dev.temper.trainers.kl.KlEstimators;
import dev.temper.trainers.loss.PolicyLosses;
import dev.temper.trainers.loss.TokenBatch;
import dev.temper.trainers.preference.PairBatch;
import dev.temper.trainers.preference.PreferenceLosses;
import dev.temper.trainers.reward.RewardLosses;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that a gradient reads may lie in memory that the JVM gives up before. */
class GarbageCollectionTest {

  private static final float[] VALUES = {-1.5f, -0.25f, -3, -0.5f, -2, -1};

  @Test
  void rewardLossKeepsItsGradient() {
    unchanged(
        scores ->
            RewardLosses.create(new Method("bradley-terry", Map.of()))
                .compute(scores.get(0), scores.get(1), 0.25)
                .value());
  }

  @ParameterizedTest
  @ValueSource(strings = {"dpo", "dpo-norm", "hinge", "ipo"})
  void preferenceLossesKeepTheirGradient(String name) {
    unchanged(
        logp -> {
          NDArray reference = logp.stopGradient().add(0.5);
          NDArray tokens = reference.get(0).onesLike().add(1);
          return PreferenceLosses.create(new Method(name, Map.of("beta", 0.3)))
              .compute(
                  new PairBatch(
                      logp.get(0),
                      logp.get(1),
                      reference.get(0),
                      reference.get(1),
                      tokens,
                      tokens,
                      0.25))
              .value();
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"k1", "k2", "k3"})
  void klInTheLossKeepsItsGradient(String estimator) {
    unchanged(
        logp -> {
          NDArray ones = logp.onesLike().stopGradient();
          NDArray reference = logp.stopGradient().add(0.5);
          Method method = new Method("grpo", Map.of("klBeta", 0.125, "klEstimator", estimator));
          return PolicyLosses.create(method)
              .compute(
                  new TokenBatch(logp, reference, Optional.of(reference), ones, ones, ones, ones))
              .value();
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"k2", "k3"})
  void klEstimatorsKeepTheirGradient(String estimator) {
    unchanged(
        logp ->
            KlEstimators.create(estimator)
                .perToken(logp, logp.stopGradient().add(0.5), logp.onesLike().stopGradient())
                .sum());
  }

  private static void unchanged(UnaryOperator<NDArray> loss) {
    assertThat(gradient(loss, GarbageCollectionTest::collect)).isEqualTo(gradient(loss, () -> {}));
  }

  private static float[] gradient(UnaryOperator<NDArray> loss, Runnable beforeBackward) {
    try (Compute compute = new Compute(1);
        NDManager manager = new dev.temper.trainers.model.Engine(compute).newManager()) {
      NDArray values = manager.create(VALUES, new Shape(2, 3));
      values.setRequiresGradient(true);
      try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
        NDArray value = loss.apply(values);
        beforeBackward.run();
        collector.backward(value);
      }
      return values.getGradient().toFloatArray();
    }
  }

  /** Frees the memory of buffers that nobody holds, and writes over it. */
  private static void collect() {
    for (int round = 0; round < 2; round++) {
      ReferenceQueue<Object> freed = new ReferenceQueue<>();
      PhantomReference<Object> canary = new PhantomReference<>(new Object(), freed);
      System.gc();
      try {
        // References are processed in rounds: when the second comes, the first is all done.
        assertThat(freed.remove()).isSameAs(canary);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    List<ByteBuffer> garbage = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      garbage.add(ByteBuffer.allocateDirect(Double.BYTES).putDouble(0, 1e9));
    }
    assertThat(garbage).isNotEmpty();
  }
}

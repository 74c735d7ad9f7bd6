package dev.temper.trainers.numerics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.temper.trainers.Compute;
import dev.temper.trainers.kl.KlEstimators;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training is in float32, where a change of number format must not end the gradient. */
class SinglePrecisionGradientTest {

  private static final float[] LOG_RATIOS = {-2, -0.125f, 0.0009765625f, 0.5f, 3};

  private static final Map<String, DoubleUnaryOperator> DERIVATIVES =
      Map.of("k1", r -> 1, "k2", r -> r, "k3", r -> -Math.expm1(-r));

  @ParameterizedTest
  @ValueSource(strings = {"k1", "k2", "k3"})
  void klEstimatorsHaveTheirDerivative(String estimator) {
    try (Compute compute = new Compute(1);
        NDManager manager = new dev.temper.trainers.model.Engine(compute).newManager()) {
      NDArray logp = manager.create(LOG_RATIOS, new Shape(1, LOG_RATIOS.length));
      logp.setRequiresGradient(true);
      try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
        NDArray zeros = logp.zerosLike();
        NDArray mask = logp.onesLike().stopGradient();
        NDArray perToken = KlEstimators.create(estimator).perToken(logp, zeros, mask);
        assertThat(perToken.getDataType()).isEqualTo(logp.getDataType());
        collector.backward(perToken.sum());
      }
      float[] gradient = logp.getGradient().toFloatArray();
      for (int i = 0; i < LOG_RATIOS.length; i++) {
        double expected = DERIVATIVES.get(estimator).applyAsDouble(LOG_RATIOS[i]);
        assertThat((double) gradient[i]).isCloseTo(expected, within(1e-6 * Math.abs(expected)));
      }
    }
  }
}

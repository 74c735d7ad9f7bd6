package dev.temper.trainers.kl;

import static dev.temper.trainers.numerics.Differentiation.array;
import static dev.temper.trainers.numerics.Differentiation.assertClose;
import static dev.temper.trainers.numerics.Differentiation.byDifferences;
import static dev.temper.trainers.numerics.Differentiation.byEngine;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.temper.trainers.numerics.Differentiation;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KlEstimatorsTest {

  private static final double[][] LOGP = {{-1, -0.2, -3.5}, {-2, -0.7, -1e-3}};
  private static final double[][] REF = {{-1.5, -0.2, -0.4}, {-1, -2.5, -4}};
  private static final double[][] MASK = {{1, 1, 0}, {1, 1, 1}};

  private NDManager manager;

  @BeforeEach
  void open() {
    manager = Differentiation.newManager();
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private static double formula(String name, double logp, double refLogp) {
    double r = logp - refLogp;
    return switch (name) {
      case "k1" -> r;
      case "k2" -> r * r / 2;
      default -> Math.exp(-r) - 1 + r;
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"k1", "k2", "k3"})
  void agreesWithItsFormula(String name) {
    KlEstimator estimator = KlEstimators.create(name);
    double[] perToken =
        estimator
            .perToken(array(manager, LOGP), array(manager, REF), array(manager, MASK))
            .toDoubleArray();
    for (int b = 0; b < 2; b++) {
      for (int t = 0; t < 3; t++) {
        double expected = MASK[b][t] * formula(name, LOGP[b][t], REF[b][t]);
        assertThat(perToken[b * 3 + t]).isCloseTo(expected, within(1e-12));
        if (MASK[b][t] == 1) {
          assertThat(estimator.perToken(LOGP[b][t], REF[b][t])).isCloseTo(expected, within(1e-12));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"k1", "k2", "k3"})
  void hasTheGradientOfItsFormula(String name) {
    double[] at = Arrays.stream(LOGP).flatMapToDouble(Arrays::stream).toArray();
    double[] gradient =
        byEngine(
            manager,
            array(manager, LOGP),
            logp ->
                KlEstimators.create(name)
                    .perToken(logp, array(manager, REF), array(manager, MASK))
                    .sum());
    assertClose(
        gradient,
        byDifferences(
            at,
            logp -> {
              double sum = 0;
              for (int i = 0; i < logp.length; i++) {
                sum += MASK[i / 3][i % 3] * formula(name, logp[i], REF[i / 3][i % 3]);
              }
              return sum;
            }));
  }

  @ParameterizedTest
  @ValueSource(strings = {"k1", "k2", "k3"})
  void doesNotSeeWhatStandsInThePadding(String name) {
    for (double garbage : new double[] {1e300, Double.NEGATIVE_INFINITY, Double.NaN}) {
      NDArray mask = array(manager, new double[][] {{1, 0}});
      NDArray ref = array(manager, new double[][] {{-2, -garbage}});
      NDArray logp = array(manager, new double[][] {{-1, garbage}});
      KlEstimator estimator = KlEstimators.create(name);
      assertThat(estimator.perToken(logp, ref, mask).toDoubleArray())
          .containsExactly(estimator.perToken(-1, -2), 0);
      double[] gradient =
          byEngine(manager, logp, leaf -> estimator.perToken(leaf, ref, mask).sum());
      assertThat(gradient[0]).isNotZero().isFinite();
      assertThat(gradient[1]).isZero();
    }
  }

  /** p = (.6, .3, .1), q = (.2, .5, .3): KL(p || q) = .396058, KL(q || p) = .365274. */
  @Test
  void estimatesTheDivergenceFromThePolicyToTheReference() {
    double[] p = {0.6, 0.3, 0.1};
    double[] q = {0.2, 0.5, 0.3};
    assertThat(expectation("k1", p, q)).isCloseTo(0.396058, within(1e-6));
    assertThat(expectation("k2", p, q)).isCloseTo(0.461574, within(1e-6));
    assertThat(expectation("k3", p, q)).isCloseTo(0.396058, within(1e-6));
    assertThat(expectation("k3", p, q)).isCloseTo(expectation("k1", p, q), within(1e-15));
  }

  private static double expectation(String name, double[] p, double[] q) {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += p[i] * KlEstimators.create(name).perToken(Math.log(p[i]), Math.log(q[i]));
    }
    return sum;
  }

  /**
   * Over samples of a softmax with logits (.3, -.2, .5): the expected gradient of k1 is 0, that of
   * k2 is the gradient of KL(policy || reference), that of k3 the one of KL(reference || policy).
   */
  @Test
  void descendsADifferentDivergenceWithEachEstimator() {
    double[] logits = {0.3, -0.2, 0.5};
    double[] q = {0.2, 0.5, 0.3};
    assertClose(expectedGradient("k1", logits, q), new double[3]);
    assertClose(
        expectedGradient("k2", logits, q), byDifferences(logits, x -> divergence(softmax(x), q)));
    assertClose(
        expectedGradient("k3", logits, q), byDifferences(logits, x -> divergence(q, softmax(x))));
  }

  private static double[] softmax(double[] logits) {
    double sum = Arrays.stream(logits).map(Math::exp).sum();
    return Arrays.stream(logits).map(x -> Math.exp(x) / sum).toArray();
  }

  private static double divergence(double[] p, double[] q) {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += p[i] * Math.log(p[i] / q[i]);
    }
    return sum;
  }

  /** sum_a p[a] d k(logp[a], log q[a]) / d logits, with p held fixed. */
  private double[] expectedGradient(String name, double[] logits, double[] q) {
    double[] p = softmax(logits);
    NDArray weights = array(manager, new double[][] {p});
    NDArray ref = array(manager, new double[][] {q}).log();
    return byEngine(
        manager,
        array(manager, new double[][] {logits}),
        leaf ->
            KlEstimators.create(name)
                .perToken(leaf.logSoftmax(1), ref, weights.onesLike())
                .mul(weights)
                .sum());
  }

  @Test
  void keepsTheDigitsOfASmallK3InFloat32() {
    for (float r : new float[] {1e-6f, -1e-6f, 1e-4f, 1e-2f}) {
      NDArray zero = manager.create(new float[][] {{0}});
      NDArray k3 =
          KlEstimators.create("k3")
              .perToken(manager.create(new float[][] {{r}}), zero, zero.add(1));
      assertThat(k3.getDataType()).isEqualTo(DataType.FLOAT32);
      double exact = (double) r * r / 2 - (double) r * r * r / 6;
      assertThat((double) k3.getFloat()).isCloseTo(exact, within(1e-4 * exact));
      assertThat(KlEstimators.create("k3").perToken(r, 0)).isCloseTo(exact, within(1e-4 * exact));
    }
  }

  @Test
  void clampsTheLogRatioOfK3AtTwenty() {
    double most = Math.expm1(20) - 20;
    assertThat(KlEstimators.create("k3").perToken(-1000, 0)).isEqualTo(most);
    assertThat(KlEstimators.create("k3").perToken(1000, 0)).isCloseTo(19, within(1e-8));
    NDArray zero = manager.create(new float[][] {{0}});
    NDArray far = manager.create(new float[][] {{-1000}});
    assertThat((double) KlEstimators.create("k3").perToken(far, zero, zero.add(1)).getFloat())
        .isCloseTo(most, within(most * 1e-6));
    double[] gradient =
        byEngine(
            manager,
            manager.create(new double[][] {{-1000}}),
            logp ->
                KlEstimators.create("k3").perToken(logp, logp.zerosLike(), logp.onesLike()).sum());
    assertThat(gradient).containsExactly(0);
  }

  @Test
  void namesWhatItKnows() {
    assertThat(KlEstimators.names()).containsExactly("k1", "k2", "k3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KlEstimators.create("k4"))
        .withMessage("kl must be one of [k1, k2, k3], got 'k4' (did you mean k1?)");
  }
}

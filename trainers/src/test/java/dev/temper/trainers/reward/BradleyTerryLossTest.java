package dev.temper.trainers.reward;

import static dev.temper.trainers.numerics.Differentiation.assertClose;
import static dev.temper.trainers.numerics.Differentiation.byDifferences;
import static dev.temper.trainers.numerics.Differentiation.byEngine;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.temper.recipes.Method;
import dev.temper.trainers.model.Loss;
import dev.temper.trainers.numerics.Differentiation;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BradleyTerryLossTest {

  private static final double[] CHOSEN = {0.3, -1.2, 4, 2};
  private static final double[] REJECTED = {0.1, 2.5, 4, -3};

  private final RewardLoss loss = RewardLosses.create(new Method("bradley-terry", Map.of()));
  private NDManager manager;

  @BeforeEach
  void open() {
    manager = Differentiation.newManager();
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private Loss compute(double[] chosen, double[] rejected, double weight) {
    return loss.compute(manager.create(chosen), manager.create(rejected), weight);
  }

  private static double loops(double[] chosen, double[] rejected, double weight) {
    double sum = 0;
    for (int i = 0; i < chosen.length; i++) {
      sum += weight * -Math.log(1 / (1 + Math.exp(rejected[i] - chosen[i])));
    }
    return sum;
  }

  @Test
  void agreesWithPlainLoops() {
    assertThat(compute(CHOSEN, REJECTED, 0.25).value().getDouble())
        .isCloseTo(loops(CHOSEN, REJECTED, 0.25), within(1e-12));
    assertThat(compute(new double[] {1}, new double[] {1}, 1).value().getDouble())
        .isCloseTo(Math.log(2), within(1e-15));
  }

  @Test
  void hasTheGradientOfItsFormula() {
    assertClose(
        byEngine(
            manager,
            manager.create(CHOSEN),
            chosen -> loss.compute(chosen, manager.create(REJECTED), 0.25).value()),
        byDifferences(CHOSEN, chosen -> loops(chosen, REJECTED, 0.25)));
    assertClose(
        byEngine(
            manager,
            manager.create(REJECTED),
            rejected -> loss.compute(manager.create(CHOSEN), rejected, 0.25).value()),
        byDifferences(REJECTED, rejected -> loops(CHOSEN, rejected, 0.25)));
  }

  @Test
  void countsATieAsHalfRight() {
    Map<String, Double> metrics = compute(CHOSEN, REJECTED, 0.25).metrics();
    assertThat(metrics).containsOnlyKeys("accuracy", "margin");
    assertThat(metrics.get("accuracy")).isCloseTo(2.5 / 4, within(1e-15));
    assertThat(metrics.get("margin")).isCloseTo((0.2 - 3.7 + 0 + 5) / 4, within(1e-12));
  }

  @Test
  void staysFiniteForAnyDifference() {
    assertThat(compute(new double[] {-200}, new double[] {0}, 1).value().getDouble())
        .isEqualTo(200);
    assertThat(compute(new double[] {1e6}, new double[] {-1e6}, 1).value().getDouble()).isZero();
    assertThat(
            byEngine(
                manager,
                manager.create(new double[] {-1e6}),
                chosen -> loss.compute(chosen, manager.create(new double[] {1e6}), 1).value()))
        .containsExactly(-1);
  }

  @Test
  void looksAtDifferencesOnly() {
    double[] chosen = {5.3, 3.8, 9, 7};
    double[] rejected = {5.1, 7.5, 9, 2};
    assertThat(compute(chosen, rejected, 0.25).value().getDouble())
        .isCloseTo(compute(CHOSEN, REJECTED, 0.25).value().getDouble(), within(1e-12));
  }

  @Test
  void addsUpOverMicroBatches() {
    Loss first = compute(new double[] {0.3}, new double[] {0.1}, 0.25);
    Loss rest = compute(new double[] {-1.2, 4, 2}, new double[] {2.5, 4, -3}, 0.25);
    Loss whole = compute(CHOSEN, REJECTED, 0.25);
    assertThat(first.value().getDouble() + rest.value().getDouble())
        .isCloseTo(whole.value().getDouble(), within(1e-12));
    assertThat(first.metrics().get("accuracy") + rest.metrics().get("accuracy"))
        .isCloseTo(whole.metrics().get("accuracy"), within(1e-12));
  }

  @Test
  void computesInFloat32() {
    Loss single =
        loss.compute(
            manager.create(new float[] {0.3f, 2}), manager.create(new float[] {0.1f, 2}), 0.5);
    assertThat((double) single.value().getFloat())
        .isCloseTo(loops(new double[] {0.3, 2}, new double[] {0.1, 2}, 0.5), within(1e-6));
    assertThat(single.metrics().get("accuracy")).isEqualTo(0.75);
    assertThat(single.metrics().get("margin")).isCloseTo(0.1, within(1e-6));
  }

  @Test
  void isZeroWithoutPairs() {
    Loss empty = compute(new double[0], new double[0], 1);
    assertThat(empty.value().getDouble()).isZero();
    assertThat(empty.metrics()).isEqualTo(Map.of("accuracy", 0.0, "margin", 0.0));
  }

  @Test
  void refusesArraysOfDifferentShapes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> compute(new double[2], new double[3], 1))
        .withMessage("chosen and rejected must have the same shape [pairs], got (2) and (3)");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                loss.compute(manager.create(new double[1][2]), manager.create(new double[1][2]), 1))
        .withMessage("chosen and rejected must have the same shape [pairs], got (1, 2) and (1, 2)");
  }
}

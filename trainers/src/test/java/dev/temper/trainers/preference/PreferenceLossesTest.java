package dev.temper.trainers.preference;

import static dev.temper.trainers.numerics.Differentiation.assertClose;
import static dev.temper.trainers.numerics.Differentiation.byDifferences;
import static dev.temper.trainers.numerics.Differentiation.byEngine;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.recipes.Method;
import dev.temper.trainers.model.Loss;
import dev.temper.trainers.numerics.Differentiation;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreferenceLossesTest {

  private static final double[] CHOSEN = {-20, -31.5, -8, -120.25};
  private static final double[] REJECTED = {-22, -30, -8.5, -90};
  private static final double[] REFERENCE_CHOSEN = {-21, -30.25, -8, -140};
  private static final double[] REFERENCE_REJECTED = {-21.5, -33, -8.5, -91};
  private static final double[] CHOSEN_TOKENS = {10, 12, 3, 40};
  private static final double[] REJECTED_TOKENS = {9, 15, 4, 31};
  private static final double WEIGHT = 0.25;

  private NDManager manager;

  @BeforeEach
  void open() {
    manager = Differentiation.newManager();
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private static PreferenceLoss loss(String name, double beta, double labelSmoothing) {
    return PreferenceLosses.create(
        new Method(
            name,
            name.startsWith("dpo")
                ? Map.of("beta", beta, "labelSmoothing", labelSmoothing)
                : Map.of("beta", beta)));
  }

  private PairBatch batch(NDArray chosen, NDArray rejected, double weight) {
    int pairs = (int) chosen.getShape().get(0);
    return new PairBatch(
        chosen,
        rejected,
        manager.create(Arrays.copyOf(REFERENCE_CHOSEN, pairs)),
        manager.create(Arrays.copyOf(REFERENCE_REJECTED, pairs)),
        manager.create(Arrays.copyOf(CHOSEN_TOKENS, pairs)),
        manager.create(Arrays.copyOf(REJECTED_TOKENS, pairs)),
        weight);
  }

  private PairBatch batch() {
    return batch(manager.create(CHOSEN), manager.create(REJECTED), WEIGHT);
  }

  /** The formulas of the papers, pair by pair. */
  private static double loops(
      String name, double beta, double smoothing, double[] chosen, double[] rejected) {
    double sum = 0;
    for (int i = 0; i < chosen.length; i++) {
      double chosenRatio = chosen[i] - REFERENCE_CHOSEN[i];
      double rejectedRatio = rejected[i] - REFERENCE_REJECTED[i];
      double h = chosenRatio - rejectedRatio;
      double perToken = chosenRatio / CHOSEN_TOKENS[i] - rejectedRatio / REJECTED_TOKENS[i];
      sum +=
          WEIGHT
              * switch (name) {
                case "dpo" -> sigmoidLoss(beta * h, smoothing);
                case "dpo-norm" -> sigmoidLoss(beta * perToken, smoothing);
                case "ipo" -> Math.pow(h - 1 / (2 * beta), 2);
                case "hinge" -> Math.max(0, 1 - beta * h);
                default -> throw new IllegalArgumentException(name);
              };
    }
    return sum;
  }

  private static double sigmoidLoss(double margin, double smoothing) {
    return -(1 - smoothing) * Math.log(1 / (1 + Math.exp(-margin)))
        - smoothing * Math.log(1 / (1 + Math.exp(margin)));
  }

  @ParameterizedTest
  @CsvSource({
    "dpo, 0.1, 0",
    "dpo, 0.5, 0.1",
    "dpo-norm, 2, 0",
    "dpo-norm, 5, 0.2",
    "ipo, 0.1, 0",
    "ipo, 0.7, 0",
    "hinge, 0.1, 0",
    "hinge, 0.9, 0"
  })
  void agreesWithPlainLoopsAndTheirDifferences(String name, double beta, double smoothing) {
    PreferenceLoss loss = loss(name, beta, smoothing);

    assertThat(loss.compute(batch()).value().getDouble())
        .isCloseTo(loops(name, beta, smoothing, CHOSEN, REJECTED), within(1e-10));
    assertClose(
        byEngine(
            manager,
            manager.create(CHOSEN),
            chosen -> loss.compute(batch(chosen, manager.create(REJECTED), WEIGHT)).value()),
        byDifferences(CHOSEN, chosen -> loops(name, beta, smoothing, chosen, REJECTED)));
    assertClose(
        byEngine(
            manager,
            manager.create(REJECTED),
            rejected -> loss.compute(batch(manager.create(CHOSEN), rejected, WEIGHT)).value()),
        byDifferences(REJECTED, rejected -> loops(name, beta, smoothing, CHOSEN, rejected)));
  }

  @Test
  void aPolicyThatIsItsReferenceHasTheLossOfATie() {
    PairBatch same =
        batch(manager.create(REFERENCE_CHOSEN), manager.create(REFERENCE_REJECTED), WEIGHT);

    assertThat(loss("dpo", 0.1, 0.2).compute(same).value().getDouble())
        .isCloseTo(Math.log(2), within(1e-15));
    assertThat(loss("dpo-norm", 2, 0).compute(same).value().getDouble())
        .isCloseTo(Math.log(2), within(1e-15));
    assertThat(loss("ipo", 0.1, 0).compute(same).value().getDouble()).isCloseTo(25, within(1e-12));
    assertThat(loss("hinge", 0.1, 0).compute(same).value().getDouble()).isEqualTo(1);
    assertThat(loss("dpo", 0.1, 0).compute(same).metrics())
        .containsEntry("accuracy", 0.5)
        .containsEntry("margin", 0.0);
  }

  @Test
  void withSmoothedLabelsTheBestMarginIsFinite() {
    double best = Math.log((1 - 0.1) / 0.1);
    PreferenceLoss loss = loss("dpo", 1, 0.1);
    double[] chosen = {REFERENCE_CHOSEN[0] + best};
    double[] gradient =
        byEngine(
            manager,
            manager.create(chosen),
            c ->
                loss.compute(batch(c, manager.create(Arrays.copyOf(REFERENCE_REJECTED, 1)), 1))
                    .value());

    assertThat(gradient[0]).isCloseTo(0, within(1e-12));
  }

  @Test
  void reportsRewardsAndWhatTheyAreMadeOf() {
    Map<String, Double> whole = loss("dpo", 0.5, 0).compute(batch()).metrics();

    double chosenRatio = (1 - 1.25 + 0 + 19.75) / 4;
    double rejectedRatio = (-0.5 + 3 + 0 + 1) / 4;
    assertThat(whole)
        .containsOnlyKeys(
            "reward_chosen",
            "reward_rejected",
            "margin",
            "accuracy",
            "logp_chosen",
            "logp_rejected",
            "log_ratio_chosen",
            "log_ratio_rejected");
    assertClose(
        new double[] {
          whole.get("log_ratio_chosen"),
          whole.get("log_ratio_rejected"),
          whole.get("reward_chosen"),
          whole.get("reward_rejected"),
          whole.get("margin"),
          whole.get("accuracy"),
          whole.get("logp_chosen"),
          whole.get("logp_rejected")
        },
        new double[] {
          chosenRatio,
          rejectedRatio,
          0.5 * chosenRatio,
          0.5 * rejectedRatio,
          0.5 * (chosenRatio - rejectedRatio),
          2.5 / 4,
          (-20 - 31.5 - 8 - 120.25) / 4,
          (-22 - 30 - 8.5 - 90) / 4
        });
    Map<String, Double> perToken = loss("dpo-norm", 2, 0).compute(batch()).metrics();
    assertThat(perToken.get("log_ratio_chosen")).isCloseTo(chosenRatio, within(1e-12));
    assertThat(perToken.get("reward_chosen"))
        .isCloseTo(2 * (1 / 10.0 - 1.25 / 12 + 19.75 / 40) / 4, within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dpo", "dpo-norm", "ipo", "hinge"})
  void staysFiniteForAnyDifference(String name) {
    for (double far : new double[] {-1e6, 1e6}) {
      NDArray chosen = manager.create(new double[] {far});
      double[] gradient =
          byEngine(
              manager,
              chosen,
              c ->
                  loss(name, 0.1, 0)
                      .compute(batch(c, manager.create(new double[] {-far}), 1))
                      .value());
      assertThat(gradient[0]).isFinite();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dpo", "dpo-norm", "ipo", "hinge"})
  void addsUpOverMicroBatches(String name) {
    PreferenceLoss loss = loss(name, 0.3, 0);
    Loss first =
        loss.compute(
            batch(
                manager.create(Arrays.copyOf(CHOSEN, 1)),
                manager.create(Arrays.copyOf(REJECTED, 1)),
                WEIGHT));
    Loss rest =
        loss.compute(
            new PairBatch(
                manager.create(Arrays.copyOfRange(CHOSEN, 1, 4)),
                manager.create(Arrays.copyOfRange(REJECTED, 1, 4)),
                manager.create(Arrays.copyOfRange(REFERENCE_CHOSEN, 1, 4)),
                manager.create(Arrays.copyOfRange(REFERENCE_REJECTED, 1, 4)),
                manager.create(Arrays.copyOfRange(CHOSEN_TOKENS, 1, 4)),
                manager.create(Arrays.copyOfRange(REJECTED_TOKENS, 1, 4)),
                WEIGHT));
    Loss whole = loss.compute(batch());

    assertThat(first.value().getDouble() + rest.value().getDouble())
        .isCloseTo(whole.value().getDouble(), within(1e-10));
    whole
        .metrics()
        .forEach(
            (metric, value) ->
                assertThat(first.metrics().get(metric) + rest.metrics().get(metric))
                    .as(metric)
                    .isCloseTo(value, within(1e-12)));
  }

  @Test
  void computesInSinglePrecisionToo() {
    float[] one = {1};
    PairBatch single =
        new PairBatch(
            manager.create(new float[] {-20}),
            manager.create(new float[] {-22}),
            manager.create(new float[] {-21}),
            manager.create(new float[] {-21.5f}),
            manager.create(one),
            manager.create(one),
            1);
    assertThat((double) loss("dpo", 0.1, 0).compute(single).value().getFloat())
        .isCloseTo(sigmoidLoss(0.15, 0), within(1e-6));
  }

  @Test
  void isZeroWithoutPairs() {
    NDArray none = manager.create(new double[0]);
    Loss empty = loss("dpo", 0.1, 0.1).compute(batch(none, none, 1));
    assertThat(empty.value().getDouble()).isZero();
    assertThat(empty.metrics().values()).containsOnly(0.0);
  }

  @Test
  void refusesArraysOfDifferentShapesAndABetaOfZero() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> batch(manager.create(CHOSEN), manager.create(new double[3]), 1))
        .withMessage("policyRejected must have the shape of policyChosen, (4), got (3)");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> batch(manager.create(new double[1][2]), manager.create(new double[1][2]), 1))
        .withMessage("policyChosen must have the shape [pairs], got (1, 2)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss("ipo", 0, 0))
        .withMessageContaining("beta must be above 0");
  }
}

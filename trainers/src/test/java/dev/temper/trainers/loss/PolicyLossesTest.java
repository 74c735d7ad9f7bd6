package dev.temper.trainers.loss;

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
import dev.temper.recipes.Method;
import dev.temper.trainers.model.Loss;
import dev.temper.trainers.numerics.Differentiation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyLossesTest {

  private static final double CLIP_LOW = 0.15;
  private static final double CLIP_HIGH = 0.3;
  private static final int MAX_LENGTH = 7;

  private NDManager manager;

  @BeforeEach
  void open() {
    manager = Differentiation.newManager();
  }

  @AfterEach
  void close() {
    manager.close();
  }

  static Stream<Method> everyLoss() {
    List<Method> methods = new ArrayList<>();
    for (String name : List.of("policy-gradient", "ppo-clip", "grpo")) {
      for (String aggregation : Aggregation.NAMES) {
        methods.add(method(name, aggregation, 0, "k3"));
        for (String estimator : List.of("k1", "k2", "k3")) {
          methods.add(method(name, aggregation, 0.4, estimator));
        }
      }
    }
    return methods.stream();
  }

  private static Method method(String name, String aggregation, double beta, String estimator) {
    Map<String, Object> parameters = new TreeMap<>();
    parameters.put("aggregation", aggregation);
    parameters.put("maxLength", MAX_LENGTH);
    parameters.put("klBeta", beta);
    parameters.put("klEstimator", estimator);
    if (!name.equals("policy-gradient")) {
      parameters.put("clipLow", CLIP_LOW);
      parameters.put("clipHigh", CLIP_HIGH);
    }
    return new Method(name, parameters);
  }

  @ParameterizedTest
  @MethodSource("everyLoss")
  void agreesWithPlainLoops(Method method) {
    Tokens tokens = Tokens.random(1, 6, 4, 6, 0, 1);
    Loss loss = compute(method, tokens);
    Map<String, Double> expected = loops(method, tokens);
    assertThat(loss.value().getDouble()).isCloseTo(expected.remove("loss"), within(1e-12));
    assertThat(loss.metrics().keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (name, value) ->
            assertThat(loss.metrics().get(name)).as(name).isCloseTo(value, within(1e-12)));
  }

  @ParameterizedTest
  @MethodSource("everyLoss")
  void hasTheGradientOfItsFormula(Method method) {
    Tokens tokens = Tokens.random(2, 5, 5, 3, 1);
    assertClose(
        gradient(method, tokens, 0),
        byDifferences(tokens.flatLogp(), logp -> loops(method, tokens.withLogp(logp)).get("loss")));
  }

  @ParameterizedTest
  @MethodSource("everyLoss")
  void doesNotSeeWhatStandsInThePadding(Method method) {
    Tokens clean = Tokens.random(3, 6, 4, 2, 6, 0);
    Loss expected = compute(method, clean);
    double[] gradient = gradient(method, clean, 0);
    for (double garbage : new double[] {1e30, -200, Double.POSITIVE_INFINITY, Double.NaN}) {
      Tokens dirty = clean.padded(garbage);
      Loss loss = compute(method, dirty, garbage);
      assertThat(loss.value().getDouble()).isEqualTo(expected.value().getDouble());
      assertThat(loss.metrics()).isEqualTo(expected.metrics());
      assertThat(gradient(method, dirty, garbage)).isEqualTo(gradient);
    }
  }

  @ParameterizedTest
  @MethodSource("everyLoss")
  void addsUpOverMicroBatches(Method method) {
    Tokens tokens = Tokens.random(4, 6, 1, 6, 3, 0, 2);
    Loss whole = compute(method, tokens);
    double[] weights = PolicyLosses.aggregation(method).weights(tokens.lengths());
    double value = 0;
    Map<String, Double> metrics = new TreeMap<>();
    for (int[] rows : new int[][] {{0, 2}, {2, 3}, {3, 5}}) {
      Tokens part = tokens.rows(rows[0], rows[1]);
      double[] partWeights = Arrays.copyOfRange(weights, rows[0], rows[1]);
      Loss loss =
          PolicyLosses.create(method)
              .compute(
                  part.batch(
                      manager, array(manager, part.logp()), partWeights, tokens.tokens(), 0));
      value += loss.value().getDouble();
      loss.metrics().forEach((name, part2) -> metrics.merge(name, part2, Double::sum));
    }
    assertThat(value).isCloseTo(whole.value().getDouble(), within(1e-12));
    metrics.forEach(
        (name, sum) ->
            assertThat(sum).as(name).isCloseTo(whole.metrics().get(name), within(1e-12)));
  }

  @ParameterizedTest
  @MethodSource("everyLoss")
  void isZeroWithoutTokens(Method method) {
    assertThat(compute(method, Tokens.random(5, 3, 0, 0)).value().getDouble()).isZero();
    assertThat(compute(method, Tokens.random(5, 3)).value().getDouble()).isZero();
  }

  @Test
  void computesInFloat32() {
    Tokens tokens = Tokens.random(6, 6, 4, 6);
    Method method = method("grpo", "sequence-mean", 0.4, "k3");
    TokenBatch exact = tokens.batch(manager, PolicyLosses.aggregation(method));
    TokenBatch single =
        new TokenBatch(
            float32(exact.logp()),
            float32(exact.oldLogp()),
            exact.refLogp().map(PolicyLossesTest::float32),
            float32(exact.advantage()),
            float32(exact.mask()),
            float32(exact.weights()),
            float32(exact.tokenWeights()));
    Loss loss = PolicyLosses.create(method).compute(single);
    assertThat(loss.value().getDataType()).isEqualTo(DataType.FLOAT32);
    assertThat((double) loss.value().getFloat())
        .isCloseTo(loops(method, tokens).get("loss"), within(1e-6));
  }

  @Test
  void staysFiniteForAnyLogRatio() {
    for (double gap : new double[] {-500, 500}) {
      for (double advantage : new double[] {-1, 1}) {
        Tokens tokens =
            new Tokens(
                new int[] {1},
                new double[][] {{-1}},
                new double[][] {{-1 - gap}},
                new double[][] {{-1 - gap}},
                new double[][] {{advantage}});
        Method method = method("ppo-clip", "token-mean", 0.1, "k3");
        assertThat(compute(method, tokens).value().getDouble()).isFinite();
        assertThat(gradient(method, tokens, 0)[0]).isFinite();
      }
    }
  }

  @Test
  void clampsTheLogRatioAtTwenty() {
    Tokens tokens =
        new Tokens(
            new int[] {2},
            new double[][] {{-1, -1}},
            new double[][] {{-31, 29}},
            new double[][] {{-1, -1}},
            new double[][] {{-1, -1}});
    Loss loss = compute(method("ppo-clip", "token-mean", 0, "k3"), tokens);
    assertThat(loss.value().getDouble())
        .isCloseTo((Math.exp(20) + (1 - CLIP_LOW)) / 2, within(1e-6));
    assertThat(loss.metrics().get("ratio_mean"))
        .isCloseTo((Math.exp(20) + Math.exp(-20)) / 2, within(1e-6));
    assertThat(loss.metrics().get("approx_kl")).isCloseTo(450, within(1e-9));
  }

  @Test
  void countsAsClippedOnlyWhatHasLostItsGradient() {
    double up = Math.log(1.5);
    double down = Math.log(0.5);
    Tokens tokens =
        new Tokens(
            new int[] {5},
            new double[][] {{up, up, down, down, 0}},
            new double[1][5],
            new double[1][5],
            new double[][] {{1, -1, 1, -1, 1}});
    Method method = method("ppo-clip", "token-mean", 0, "k3");
    assertThat(compute(method, tokens).metrics().get("clip_fraction"))
        .isCloseTo(0.4, within(1e-15));
    double[] gradient = gradient(method, tokens, 0);
    assertThat(gradient[0]).isZero();
    assertThat(gradient[1]).isNotZero();
    assertThat(gradient[2]).isNotZero();
    assertThat(gradient[3]).isZero();
    assertThat(gradient[4]).isNotZero();
  }

  @Test
  void hasThePolicyGradientWhereNothingHasDrifted() {
    Tokens random = Tokens.random(7, 4, 4, 2);
    Tokens tokens =
        new Tokens(
            random.lengths(), random.logp(), random.logp(), random.refLogp(), random.advantage());
    assertClose(
        gradient(method("ppo-clip", "token-mean", 0, "k3"), tokens, 0),
        gradient(method("policy-gradient", "token-mean", 0, "k3"), tokens, 0));
  }

  @Test
  void refusesKlWithoutAReference() {
    TokenBatch batch = Tokens.random(8, 2, 2).batch(manager, new Aggregation("token-mean", 0));
    TokenBatch without =
        new TokenBatch(
            batch.logp(),
            batch.oldLogp(),
            Optional.empty(),
            batch.advantage(),
            batch.mask(),
            batch.weights(),
            batch.tokenWeights());
    PolicyLoss loss = PolicyLosses.create(method("grpo", "token-mean", 0.1, "k3"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loss.compute(without))
        .withMessage("klBeta is 0.1, so the batch must have refLogp");
    assertThat(
            PolicyLosses.create(method("grpo", "token-mean", 0, "k3"))
                .compute(without)
                .value()
                .getDouble())
        .isFinite();
  }

  @Test
  void refusesArraysOfDifferentShapes() {
    NDArray right = array(manager, new double[2][3]);
    NDArray wrong = array(manager, new double[3][2]);
    for (int position = 0; position < 6; position++) {
      NDArray[] arrays = new NDArray[6];
      Arrays.fill(arrays, right);
      arrays[position] = wrong;
      String name =
          List.of("logp", "oldLogp", "refLogp", "advantage", "weights", "tokenWeights")
              .get(position);
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  new TokenBatch(
                      arrays[0],
                      arrays[1],
                      Optional.of(arrays[2]),
                      arrays[3],
                      right,
                      arrays[4],
                      arrays[5]))
          .withMessage("TokenBatch.%s must have shape (2, 3), got (3, 2)", name);
    }
    NDArray flat = manager.create(new double[3]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TokenBatch(flat, flat, Optional.empty(), flat, flat, flat, flat))
        .withMessage("TokenBatch.mask must have shape [B, T], got (3)");
  }

  @Test
  void refusesFixedLengthWithoutALength() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> PolicyLosses.create(new Method("grpo", Map.of("aggregation", "fixed-length"))))
        .withMessage(
            "policy-loss 'grpo' is invalid (1): maxLength must be at least 1 with aggregation"
                + " fixed-length");
  }

  @Test
  void fillsInTheDefaultsOfThePapers() {
    assertThat(PolicyLosses.family().resolve(new Method("ppo-clip", Map.of("clipHigh", 1))))
        .isEqualTo(
            new Method(
                "ppo-clip",
                Map.of(
                    "clipLow",
                    0.2,
                    "clipHigh",
                    1.0,
                    "aggregation",
                    "token-mean",
                    "maxLength",
                    0,
                    "klBeta",
                    0.0,
                    "klEstimator",
                    "k3")));
    assertThat(PolicyLosses.aggregation(new Method("ppo-clip", Map.of())).weights(new int[] {1, 3}))
        .containsExactly(0.25, 0.25);
    assertThat(defaultAggregation("grpo")).isEqualTo("sequence-mean");
    assertThat(defaultAggregation("policy-gradient")).isEqualTo("sequence-mean");
  }

  private static Object defaultAggregation(String name) {
    return PolicyLosses.family()
        .resolve(new Method(name, Map.of()))
        .parameters()
        .get("aggregation");
  }

  private static NDArray float32(NDArray array) {
    return array.toType(DataType.FLOAT32, true);
  }

  private Loss compute(Method method, Tokens tokens) {
    return compute(method, tokens, 0);
  }

  private Loss compute(Method method, Tokens tokens, double garbage) {
    return compute(method, tokens, array(manager, tokens.logp()), garbage);
  }

  private Loss compute(Method method, Tokens tokens, NDArray logp, double garbage) {
    double[] weights = PolicyLosses.aggregation(method).weights(tokens.lengths());
    return PolicyLosses.create(method)
        .compute(tokens.batch(manager, logp, weights, tokens.tokens(), garbage));
  }

  private double[] gradient(Method method, Tokens tokens, double garbage) {
    return byEngine(
        manager,
        array(manager, tokens.logp()),
        logp -> compute(method, tokens, logp, garbage).value());
  }

  /** The formulas as plain loops: "loss" and every metric. */
  private static Map<String, Double> loops(Method method, Tokens tokens) {
    Map<String, Object> p = PolicyLosses.family().resolve(method).parameters();
    double beta = (Double) p.get("klBeta");
    Map<String, Double> sums = new TreeMap<>(Map.of("loss", 0.0));
    int sequences = tokens.lengths().length;
    for (int b = 0; b < sequences; b++) {
      int length = tokens.lengths()[b];
      for (int t = 0; t < length; t++) {
        double logp = tokens.logp()[b][t];
        double advantage = tokens.advantage()[b][t];
        double ratio = Math.exp(logp - tokens.oldLogp()[b][t]);
        double kl = kl((String) p.get("klEstimator"), logp - tokens.refLogp()[b][t]);
        double clipped = Math.max(1 - CLIP_LOW, Math.min(1 + CLIP_HIGH, ratio));
        boolean plain = method.name().equals("policy-gradient");
        double gain = plain ? advantage * logp : Math.min(ratio * advantage, clipped * advantage);
        double weight =
            switch ((String) p.get("aggregation")) {
              case "sequence-mean" -> 1.0 / sequences / length;
              case "token-mean" -> 1.0 / tokens.tokens();
              default -> 1.0 / sequences / MAX_LENGTH;
            };
        sums.merge("loss", weight * (-gain + beta * kl), Double::sum);
        double share = 1.0 / tokens.tokens();
        boolean dead = !plain && clipped * advantage < ratio * advantage;
        sums.merge("clip_fraction", dead ? share : 0, Double::sum);
        double drift = logp - tokens.oldLogp()[b][t];
        sums.merge("approx_kl", share * drift * drift / 2, Double::sum);
        sums.merge("ratio_mean", share * ratio, Double::sum);
        if (beta > 0) {
          sums.merge("kl", share * kl, Double::sum);
        }
      }
    }
    return sums;
  }

  private static double kl(String estimator, double r) {
    return switch (estimator) {
      case "k1" -> r;
      case "k2" -> r * r / 2;
      default -> Math.exp(-r) - 1 + r;
    };
  }
}

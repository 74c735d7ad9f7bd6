package dev.temper.trainers.kl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.temper.recipes.KlSpec;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class KlPenaltyTest {

  private static final float[] LOGP = {-1, -0.5f, -2};
  private static final float[] REF = {-1.5f, -0.25f, -4};

  @Test
  void sumsOverTheCompletion() {
    KlPenalty penalty = KlPenalty.of(new KlSpec("reward", "k1", "sum", 0.1));
    assertThat(penalty.divergence(LOGP, REF)).isCloseTo(0.5 - 0.25 + 2, within(1e-12));
  }

  @Test
  void averagesOverTokens() {
    KlPenalty penalty = KlPenalty.of(new KlSpec("reward", "k2", "token-mean", 0.1));
    assertThat(penalty.divergence(LOGP, REF)).isCloseTo((0.125 + 0.03125 + 2) / 3, within(1e-12));
  }

  @Test
  void lowersTheRewardOfACompletionThatTheReferenceLikesLess() {
    KlPenalty penalty = new KlPenalty(KlEstimators.create("k1"), "sum", 0.1);
    assertThat(penalty.shaped(1, penalty.divergence(LOGP, REF))).isCloseTo(0.775, within(1e-12));
    assertThat(new KlPenalty(KlEstimators.create("k1"), "sum", 0).shaped(1, 5)).isEqualTo(1);
  }

  @Test
  void isZeroForACompletionWithoutTokens() {
    assertThat(
            new KlPenalty(KlEstimators.create("k1"), "sum", 1)
                .divergence(new float[0], new float[0]))
        .isZero();
    assertThat(
            new KlPenalty(KlEstimators.create("k1"), "token-mean", 1)
                .divergence(new float[0], new float[0]))
        .isZero();
  }

  /**
   * A bandit whose optimum is known in closed form: {@code policy*[a] = reference[a] exp(r[a] /
   * beta) / Z}, with the objective {@code beta log Z}. Exact gradient ascent on the penalized
   * reward must find it.
   */
  @Test
  void leadsABanditToItsKnownOptimum() {
    double[] reward = {1, 0, 2};
    double[] reference = {0.5, 0.3, 0.2};
    double beta = 0.7;
    KlEstimator k1 = KlEstimators.create("k1");
    KlPenalty penalty = new KlPenalty(k1, "sum", beta);

    double[] tilted = new double[3];
    for (int a = 0; a < 3; a++) {
      tilted[a] = reference[a] * Math.exp(reward[a] / beta);
    }
    double z = Arrays.stream(tilted).sum();

    double[] logits = new double[3];
    double objective = 0;
    double[] policy = softmax(logits);
    for (int step = 0; step < 2_000; step++) {
      double[] shaped = new double[3];
      objective = 0;
      for (int a = 0; a < 3; a++) {
        double kl = k1.perToken(Math.log(policy[a]), Math.log(reference[a]));
        shaped[a] = penalty.shaped(reward[a], kl);
        objective += policy[a] * shaped[a];
      }
      for (int a = 0; a < 3; a++) {
        logits[a] += 0.5 * policy[a] * (shaped[a] - objective);
      }
      policy = softmax(logits);
    }
    for (int a = 0; a < 3; a++) {
      assertThat(policy[a]).isCloseTo(tilted[a] / z, within(1e-9));
    }
    assertThat(objective).isCloseTo(beta * Math.log(z), within(1e-9));
  }

  private static double[] softmax(double[] logits) {
    double sum = Arrays.stream(logits).map(Math::exp).sum();
    return Arrays.stream(logits).map(x -> Math.exp(x) / sum).toArray();
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    KlEstimator k1 = KlEstimators.create("k1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KlPenalty(k1, "token-men", 0.1))
        .withMessage(
            "kl scale must be one of [sum, token-mean], got 'token-men' (did you mean"
                + " token-mean?)");
    for (double beta : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new KlPenalty(k1, "sum", beta))
          .withMessage("kl beta must be a number, at least 0, got " + beta);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KlPenalty(k1, "sum", 0.1).divergence(LOGP, new float[2]))
        .withMessage("logp and refLogp must have the same length, got 3 and 2");
  }
}

package dev.temper.trainers.stage;

import dev.temper.recipes.EndSpec;
import dev.temper.recipes.Input;
import dev.temper.recipes.KlSpec;
import dev.temper.recipes.Method;
import dev.temper.recipes.OptimizerSpec;
import dev.temper.recipes.RlSpec;
import dev.temper.recipes.SamplingSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An {@code rl} spec of a second, with the one value changed that a test is about. */
final class TinyRl {

  private final Optional<Input> reward;
  private final List<Method> verifiers;
  private int steps = 4;
  private double learningRate = 5e-3;
  private double temperature = 1;
  private int maxTokens = 8;
  private Method advantage = new Method("rloo", Map.of());
  private Method loss = new Method("ppo-clip", Map.of());
  private KlSpec kl = new KlSpec("none", "k1", "sum", 0);
  private EndSpec end = new EndSpec("score", 0);

  private TinyRl(Optional<Input> reward, List<Method> verifiers) {
    this.reward = reward;
    this.verifiers = verifiers;
  }

  /** Rewarded by an untrained reward model. */
  static TinyRl modelled() {
    return new TinyRl(Optional.of(TinyPolicies.PROXY), List.of());
  }

  /** Rewarded by a verifier alone. */
  static TinyRl verified(Method verifier) {
    return new TinyRl(Optional.empty(), List.of(verifier));
  }

  TinyRl steps(int value) {
    steps = value;
    return this;
  }

  TinyRl learningRate(double value) {
    learningRate = value;
    return this;
  }

  TinyRl temperature(double value) {
    temperature = value;
    return this;
  }

  TinyRl maxTokens(int value) {
    maxTokens = value;
    return this;
  }

  TinyRl advantage(Method value) {
    advantage = value;
    return this;
  }

  TinyRl loss(Method value) {
    loss = value;
    return this;
  }

  TinyRl kl(KlSpec value) {
    kl = value;
    return this;
  }

  TinyRl end(EndSpec value) {
    end = value;
    return this;
  }

  RlSpec spec() {
    return new RlSpec(
        TinyPolicies.POLICY,
        TinyPolicies.POLICY,
        reward,
        verifiers,
        TinySpecs.synthetic("kind-notes/prompts", 0, 5),
        steps,
        // Not a divisor of the prompts: batches cross epochs.
        3,
        4,
        2,
        1,
        3,
        64,
        new SamplingSpec(temperature, maxTokens, 6, 3),
        advantage,
        loss,
        kl,
        end,
        2,
        learningRate,
        new OptimizerSpec("constant", 1, 1, 0, 0.9, 0.95, 1e-8, 1),
        TinySpecs.panel(2),
        TinySpecs.SEED,
        TinySpecs.NUMERICS);
  }
}

package dev.temper.trainers.loss;

import dev.temper.recipes.Method;
import dev.temper.trainers.kl.KlEstimators;
import dev.temper.trainers.registry.MethodFamily;
import dev.temper.trainers.registry.Parameter;
import dev.temper.trainers.registry.Parameters;
import dev.temper.trainers.registry.Registration;
import dev.temper.trainers.registry.Registration.Rule;
import dev.temper.trainers.registry.Registry;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The registered policy losses.
 *
 * <p>All take {@code aggregation} and {@code maxLength} ({@link Aggregation}) and {@code klBeta}
 * and {@code klEstimator} (KL in the loss) besides their own parameters.
 */
public final class PolicyLosses {

  private static final Registry<PolicyLoss> REGISTRY =
      new Registry<>(
          "policy-loss",
          Map.of(
              "policy-gradient",
                  loss(
                      "Williams (1992)", "sequence-mean", List.of(), p -> new PolicyGradientLoss()),
              "ppo-clip",
                  loss(
                      "arXiv:1707.06347 eq. 7",
                      "token-mean",
                      ClippedSurrogateLoss.PARAMETERS,
                      ClippedSurrogateLoss::new),
              "grpo",
                  loss(
                      "arXiv:2402.03300 eq. 3",
                      "sequence-mean",
                      ClippedSurrogateLoss.PARAMETERS,
                      ClippedSurrogateLoss::new)));

  private PolicyLosses() {}

  public static MethodFamily family() {
    return REGISTRY;
  }

  public static PolicyLoss create(Method method) {
    return REGISTRY.create(method);
  }

  /** How the losses of tokens are added up: the caller fills {@link TokenBatch#weights} with it. */
  public static Aggregation aggregation(Method method) {
    return aggregation(new Parameters(REGISTRY.resolve(method).parameters()));
  }

  private static Aggregation aggregation(Parameters parameters) {
    return new Aggregation(parameters.text("aggregation"), parameters.whole("maxLength"));
  }

  /** One loss with the parameters that all share. */
  private static Registration<PolicyLoss> loss(
      String source,
      String aggregation,
      List<Parameter> own,
      Function<Parameters, TokenLoss> factory) {
    List<Parameter> shared =
        List.of(
            Parameter.choice("aggregation", aggregation, Aggregation.NAMES),
            Parameter.whole("maxLength", 0, 0, 1 << 20),
            Parameter.atLeast("klBeta", 0, 0),
            Parameter.choice("klEstimator", "k3", KlEstimators.names()));
    return new Registration<>(
        source,
        Stream.concat(own.stream(), shared.stream()).toList(),
        List.of(
            new Rule(
                p -> !p.text("aggregation").equals("fixed-length") || p.whole("maxLength") >= 1,
                "maxLength must be at least 1 with aggregation fixed-length")),
        p ->
            new AggregatedLoss(
                factory.apply(p),
                new KlInLoss(KlEstimators.create(p.text("klEstimator")), p.number("klBeta"))));
  }
}

package dev.temper.trainers.preference;

import dev.temper.recipes.Method;
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

/** The registered preference losses. All take {@code beta} besides their own parameters. */
public final class PreferenceLosses {

  private static final boolean PER_TOKEN = true;
  private static final boolean WHOLE = false;

  private static final Registry<PreferenceLoss> REGISTRY =
      new Registry<>(
          "preference-loss",
          Map.of(
              "dpo", loss("arXiv:2305.18290 eq. 7", 0.1, WHOLE, DpoLoss.PARAMETERS, DpoLoss::new),
              "dpo-norm",
                  loss(
                      "arXiv:2411.15124, length-normalized DPO",
                      2,
                      PER_TOKEN,
                      DpoLoss.PARAMETERS,
                      DpoLoss::new),
              "hinge",
                  loss("arXiv:2309.06657, hinge-norm", 0.1, WHOLE, List.of(), p -> new HingeLoss()),
              "ipo",
                  loss(
                      "arXiv:2310.12036 eq. 17",
                      0.1,
                      WHOLE,
                      List.of(),
                      p -> new IpoLoss(p.number("beta")))));

  private PreferenceLosses() {}

  public static MethodFamily family() {
    return REGISTRY;
  }

  public static PreferenceLoss create(Method method) {
    return REGISTRY.create(method);
  }

  private static Registration<PreferenceLoss> loss(
      String source,
      double beta,
      boolean perToken,
      List<Parameter> own,
      Function<Parameters, MarginLoss> factory) {
    return new Registration<>(
        source,
        Stream.concat(Stream.of(Parameter.atLeast("beta", beta, 0)), own.stream()).toList(),
        List.of(new Rule(p -> p.number("beta") > 0, "beta must be above 0")),
        p -> new ImplicitRewardLoss(p.number("beta"), perToken, factory.apply(p)));
  }
}

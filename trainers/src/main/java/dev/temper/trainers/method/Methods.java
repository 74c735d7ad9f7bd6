package dev.temper.trainers.method;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.recipes.Method;
import dev.temper.recipes.MethodCatalog;
import dev.temper.recipes.NearestName;
import dev.temper.trainers.advantage.Advantages;
import dev.temper.trainers.estimate.BestOfNSweeps;
import dev.temper.trainers.kl.KlEstimators;
import dev.temper.trainers.loss.PolicyLosses;
import dev.temper.trainers.preference.PreferenceLosses;
import dev.temper.trainers.registry.MethodFamily;
import dev.temper.trainers.reward.RewardLosses;
import dev.temper.trainers.selection.Selections;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Every registered method of every family. Listing and resolving load no tensor library; evaluating
 * a loss does.
 */
public final class Methods implements MethodCatalog {

  /** Each is made only when called, so that this class needs no tensor library. */
  private static final Map<String, Evaluation> EVALUATIONS =
      Map.of(
          "policy-loss", (method, input) -> new PolicyLossEvaluation().evaluate(method, input),
          "advantage", (method, input) -> new AdvantageEvaluation().evaluate(method, input),
          "kl", (method, input) -> new KlEvaluation().evaluate(method, input),
          "preference-loss",
              (method, input) -> new PreferenceLossEvaluation().evaluate(method, input),
          "reward-loss", (method, input) -> new RewardLossEvaluation().evaluate(method, input),
          "selection", (method, input) -> new SelectionEvaluation().evaluate(method, input),
          "best-of-n", (method, input) -> new BestOfNEvaluation().evaluate(method, input));

  private final Map<String, MethodFamily> families = new TreeMap<>();

  /** Joins families; {@link #numeric} are those of this module's losses and estimators. */
  public Methods(List<MethodFamily> families) {
    for (MethodFamily family : families) {
      if (this.families.put(family.name(), family) != null) {
        throw new IllegalArgumentException("there are two families '%s'".formatted(family.name()));
      }
    }
  }

  /** The families that {@link #evaluate} knows. */
  public static List<MethodFamily> numeric() {
    return List.of(
        PolicyLosses.family(),
        Advantages.family(),
        KlEstimators.family(),
        PreferenceLosses.family(),
        RewardLosses.family(),
        Selections.family(),
        BestOfNSweeps.family());
  }

  @Override
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    families.values().forEach(family -> entries.addAll(family.entries()));
    return entries;
  }

  @Override
  public Method resolve(String family, Method method) {
    return find("family", families, family).resolve(method);
  }

  /**
   * The method's result on given arrays, in float64: its value, metrics and gradient, or whatever
   * its family makes (see the command {@code temper method}).
   *
   * @throws IllegalArgumentException naming what is wrong with the name, the parameters or the
   *     input
   */
  public JsonNode evaluate(
      String family, String name, Map<String, Object> parameters, JsonNode input) {
    Method method = resolve(family, new Method(name, parameters));
    return find("a family to evaluate", EVALUATIONS, family).evaluate(method, new Input(input));
  }

  private static <T> T find(String what, Map<String, T> known, String name) {
    T found = known.get(name);
    if (found == null) {
      Set<String> names = new TreeMap<>(known).keySet();
      throw new IllegalArgumentException(
          "%s must be one of %s, got '%s'%s"
              .formatted(
                  what,
                  names,
                  name,
                  NearestName.of(name, names).map(" (did you mean %s?)"::formatted).orElse("")));
    }
    return found;
  }
}

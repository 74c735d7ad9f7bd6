package dev.temper.recipes;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** The outputs that a stage offers to others: their names and what they are. */
public final class StageOutputs {

  /** Name of the output that an input without a suffix means. */
  public static final String DEFAULT = "";

  private static final Map<Class<? extends StageSpec>, Function<StageSpec, Map<String, Product>>>
      BY_KIND =
          Map.ofEntries(
              Map.entry(PretrainSpec.class, spec -> only(Product.POLICY)),
              Map.entry(ImportSpec.class, spec -> only(Product.POLICY)),
              Map.entry(SftSpec.class, spec -> only(Product.POLICY)),
              Map.entry(PreferencesSpec.class, spec -> splits(((PreferencesSpec) spec).split())),
              Map.entry(ComparisonsSpec.class, spec -> splits(((ComparisonsSpec) spec).split())),
              Map.entry(RewardModelSpec.class, spec -> only(Product.REWARD_MODEL)),
              Map.entry(PreferenceTuningSpec.class, spec -> only(Product.POLICY)),
              Map.entry(RolloutsSpec.class, spec -> only(Product.ROLLOUTS)),
              Map.entry(RejectionSamplingSpec.class, spec -> only(Product.COMPLETIONS)),
              Map.entry(BestOfNSpec.class, spec -> only(Product.BEST_OF_N)),
              Map.entry(RlSpec.class, spec -> snapshots((RlSpec) spec)),
              Map.entry(CurveSpec.class, spec -> curve()),
              Map.entry(EvaluationSpec.class, spec -> only(Product.EVALUATION)));

  private StageOutputs() {}

  /** What each output is, by its name; the default one has the empty name. */
  public static Map<String, Product> of(StageSpec spec) {
    return BY_KIND.get(spec.getClass()).apply(spec);
  }

  private static Map<String, Product> only(Product product) {
    return Map.of(DEFAULT, product);
  }

  private static Map<String, Product> splits(Map<String, Integer> split) {
    Map<String, Product> outputs = new LinkedHashMap<>();
    split.keySet().forEach(name -> outputs.put(name, Product.PAIRS));
    return Collections.unmodifiableMap(outputs);
  }

  /** The last policy, and every policy on the grid: step 0, each multiple, and the last step. */
  private static Map<String, Product> snapshots(RlSpec spec) {
    Map<String, Product> outputs = new LinkedHashMap<>();
    outputs.put(DEFAULT, Product.SNAPSHOTS);
    for (int step = 0; step < spec.steps(); step += Math.max(1, spec.snapshotEverySteps())) {
      outputs.put("@" + step, Product.POLICY);
    }
    outputs.put("@" + spec.steps(), Product.POLICY);
    return Collections.unmodifiableMap(outputs);
  }

  private static Map<String, Product> curve() {
    Map<String, Product> outputs = new LinkedHashMap<>();
    outputs.put(DEFAULT, Product.CURVE);
    outputs.put("peak", Product.POLICY);
    return Collections.unmodifiableMap(outputs);
  }
}

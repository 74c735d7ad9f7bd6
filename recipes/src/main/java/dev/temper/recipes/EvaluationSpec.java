package dev.temper.recipes;

import java.util.List;

/** Measures several models side by side on the same prompts with the same random numbers. */
public record EvaluationSpec(
    List<Input> models,
    List<Input> rewardModels,
    List<SuiteSpec> suites,
    int bootstrapResamples,
    long seed,
    Numerics numerics)
    implements StageSpec {
  public EvaluationSpec {
    models = List.copyOf(models);
    rewardModels = List.copyOf(rewardModels);
    suites = List.copyOf(suites);
  }
}

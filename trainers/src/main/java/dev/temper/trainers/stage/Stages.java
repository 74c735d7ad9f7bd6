package dev.temper.trainers.stage;

import dev.temper.recipes.BestOfNSpec;
import dev.temper.recipes.ComparisonsSpec;
import dev.temper.recipes.CurveSpec;
import dev.temper.recipes.EvaluationSpec;
import dev.temper.recipes.ImportSpec;
import dev.temper.recipes.PreferenceTuningSpec;
import dev.temper.recipes.PreferencesSpec;
import dev.temper.recipes.PretrainSpec;
import dev.temper.recipes.RejectionSamplingSpec;
import dev.temper.recipes.RewardModelSpec;
import dev.temper.recipes.RlSpec;
import dev.temper.recipes.RolloutsSpec;
import dev.temper.recipes.SftSpec;
import dev.temper.recipes.StageSpec;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CompletionServers;
import dev.temper.trainers.StageContext;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.StepwiseTask;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Every stage kind that can be run: one line each.
 *
 * <p>The version of a kind's numerics is part of the key of its artifacts; it is raised when the
 * same spec gives other numbers than before.
 */
public final class Stages {

  private static final Map<Class<?>, Kind<?>> KINDS =
      List.<Kind<?>>of(
              new Kind<>("pretrain", 1, PretrainSpec.class, Pretraining::open),
              new Kind<>("import", 1, ImportSpec.class, ImportTask::open),
              new Kind<>("sft", 1, SftSpec.class, SupervisedFineTuning::open),
              new Kind<>("preferences", 1, PreferencesSpec.class, PreferencesTask::open),
              new Kind<>("comparisons", 1, ComparisonsSpec.class, ComparisonsTask::open),
              new Kind<>("reward-model", 1, RewardModelSpec.class, RewardModelTask::open),
              new Kind<>(
                  "preference-tuning", 1, PreferenceTuningSpec.class, PreferenceTuningTask::open),
              new Kind<>("rollouts", 1, RolloutsSpec.class, RolloutsTask::open),
              new Kind<>(
                  "rejection-sampling",
                  1,
                  RejectionSamplingSpec.class,
                  RejectionSamplingTask::open),
              new Kind<>("best-of-n", 1, BestOfNSpec.class, BestOfNTask::open),
              new Kind<>("rl", 2, RlSpec.class, RlTask::open),
              new Kind<>("curve", 1, CurveSpec.class, CurveTask::open),
              new Kind<>("evaluation", 1, EvaluationSpec.class, EvaluationTask::open))
          .stream()
          .collect(Collectors.toUnmodifiableMap(Kind::spec, Function.identity()));

  private Stages() {}

  /** The same where no server can be asked. */
  public static StepwiseTask.Factory factory() {
    return factory(CompletionServers.NONE);
  }

  /** Opens the task of any stage. Loads the tensor library only when a task is opened. */
  public static StepwiseTask.Factory factory(CompletionServers servers) {
    return (context, from) -> {
      Kind<?> kind = KINDS.get(context.spec().getClass());
      if (kind == null) {
        throw new StageFailure(
            StageFailure.Type.INVALID_SPEC,
            "no stage kind runs %s; known: %s"
                .formatted(context.spec().getClass().getSimpleName(), numericsVersions().keySet()));
      }
      return kind.open(context.with(servers), from);
    };
  }

  /** Version of the numerics by stage kind, sorted. */
  public static Map<String, Integer> numericsVersions() {
    Map<String, Integer> versions = new TreeMap<>();
    KINDS.values().forEach(kind -> versions.put(kind.name(), kind.numericsVersion()));
    return versions;
  }

  private record Kind<S extends StageSpec>(
      String name, int numericsVersion, Class<S> spec, Opener<S> opener) {
    StepwiseTask open(StageContext context, Optional<CheckpointReader> from) throws IOException {
      return opener.open(spec.cast(context.spec()), context, from);
    }
  }

  private interface Opener<S extends StageSpec> {
    StepwiseTask open(S spec, StageContext context, Optional<CheckpointReader> from)
        throws IOException;
  }
}

package dev.temper.workflows;

import io.temporal.failure.ApplicationFailure;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The end of a run: every stage and what became of it, in recipe order.
 *
 * <p>A workflow in which a stage failed ends as failed, with this as detail of its failure.
 */
public record RecipeOutcome(Map<String, StageState> stages) {
  public RecipeOutcome {
    stages = Collections.unmodifiableMap(new LinkedHashMap<>(stages));
  }

  /** The outcome that a failed workflow carries, if that is how it failed. */
  public static Optional<RecipeOutcome> of(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ApplicationFailure typed && typed.getDetails().getSize() > 0) {
        return Optional.of(typed.getDetails().get(RecipeOutcome.class));
      }
    }
    return Optional.empty();
  }
}

package dev.temper.workflows;

import dev.temper.recipes.Recipe;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a run ended.
 *
 * @param recipe as it was asked for, whatever was moved since: it says which run this is
 * @param stages in recipe order
 * @param status {@code finished}, {@code failed} or {@code cancelled}
 */
public record RunEnd(
    String run,
    Recipe recipe,
    RunSettings settings,
    Map<String, StageState> stages,
    String status) {
  public RunEnd {
    stages = Collections.unmodifiableMap(new LinkedHashMap<>(stages));
  }
}

package dev.temper.workflows;

import dev.temper.recipes.Stage;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Asks for one stage. Holds references and hashes only, never data.
 *
 * @param inputs by the text of the input, for example {@code rl@120}
 */
public record StageRequest(String run, Stage stage, Map<String, ResolvedInput> inputs) {
  public StageRequest {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
  }
}

package dev.temper.workflows;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.temper.recipes.Stage;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Asks for one stage. Holds references and hashes only, never data.
 *
 * @param inputs by the text of the input, for example {@code rl@120}
 * @param store where its artifacts lie; empty for the one that the worker has
 * @param storeId tells that store from others of the same name; empty if that is not known
 */
public record StageRequest(
    String run, Stage stage, Map<String, ResolvedInput> inputs, String store, String storeId) {
  public StageRequest {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
  }

  public StageRequest(String run, Stage stage, Map<String, ResolvedInput> inputs) {
    this(run, stage, inputs, "", "");
  }

  /** Histories of earlier versions hold neither store nor its id. */
  @JsonCreator
  static StageRequest read(
      @JsonProperty("run") String run,
      @JsonProperty("stage") Stage stage,
      @JsonProperty("inputs") Map<String, ResolvedInput> inputs,
      @JsonProperty("store") Optional<String> store,
      @JsonProperty("storeId") Optional<String> storeId) {
    return new StageRequest(run, stage, inputs, store.orElse(""), storeId.orElse(""));
  }
}

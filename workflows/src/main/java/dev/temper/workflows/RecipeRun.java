package dev.temper.workflows;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.temper.recipes.Recipe;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a workflow is started with.
 *
 * @param run name of the run, unique in its home
 * @param recipe resolved
 * @param settings how it is carried out
 * @param finished results that need no activity any more, by stage
 * @param carry what else an earlier execution of the same run hands on
 */
public record RecipeRun(
    String run,
    Recipe recipe,
    RunSettings settings,
    Map<String, StageResult> finished,
    Optional<Carry> carry) {

  /**
   * What continues as new.
   *
   * @param ended stages that failed, by name
   * @param moved queues that stages were moved to, by stage; the recipe stays as it was asked for
   */
  public record Carry(
      Map<String, StageState> ended, RunLinks links, boolean paused, Map<String, String> moved) {
    public Carry {
      ended = Collections.unmodifiableMap(new LinkedHashMap<>(ended));
      moved = Collections.unmodifiableMap(new LinkedHashMap<>(moved));
    }

    /** Histories of earlier versions have moved stages in their recipe. */
    @JsonCreator
    static Carry read(
        @JsonProperty("ended") Map<String, StageState> ended,
        @JsonProperty("links") RunLinks links,
        @JsonProperty("paused") boolean paused,
        @JsonProperty("moved") Optional<Map<String, String>> moved) {
      return new Carry(ended, links, paused, moved.orElse(Map.of()));
    }
  }

  public RecipeRun {
    finished = Collections.unmodifiableMap(new LinkedHashMap<>(finished));
  }

  public RecipeRun(String run, Recipe recipe) {
    this(run, recipe, RunSettings.NONE, Map.of());
  }

  public RecipeRun(
      String run, Recipe recipe, RunSettings settings, Map<String, StageResult> finished) {
    this(run, recipe, settings, finished, Optional.empty());
  }

  /** Histories of earlier versions hold neither settings nor what is finished. */
  @JsonCreator
  static RecipeRun read(
      @JsonProperty("run") String run,
      @JsonProperty("recipe") Recipe recipe,
      @JsonProperty("settings") Optional<RunSettings> settings,
      @JsonProperty("finished") Optional<Map<String, StageResult>> finished,
      @JsonProperty("carry") Optional<Carry> carry) {
    return new RecipeRun(
        run, recipe, settings.orElse(RunSettings.NONE), finished.orElse(Map.of()), carry);
  }
}

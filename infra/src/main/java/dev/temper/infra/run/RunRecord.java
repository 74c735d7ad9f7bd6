package dev.temper.infra.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * The contents of run.json.
 *
 * @param recipe name of the recipe
 * @param recipeHash SHA-256 of the resolved recipe: another one may not go on under this name
 * @param store where the artifacts are
 * @param recipeFolder what data files of the recipe are relative to
 * @param server Temporal server that it runs on; empty for a run inside the process
 * @param startedAt first start, ISO 8601
 * @param endedAt when it last ended
 * @param message why it did not finish
 * @param links where it can be looked at besides: {@code mlflow.run}, {@code mlflow.url}
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record RunRecord(
    String run,
    String recipe,
    String recipeHash,
    RunStatus status,
    String store,
    Optional<String> server,
    Optional<String> recipeFolder,
    String startedAt,
    Optional<String> endedAt,
    Optional<String> message,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> links,
    List<StageRecord> stages) {

  public RunRecord {
    // Earlier versions wrote none.
    links = links == null ? Map.of() : java.util.Collections.unmodifiableMap(new TreeMap<>(links));
    stages = List.copyOf(stages);
  }

  /** A run inside the process. */
  public RunRecord(
      String run,
      String recipe,
      String recipeHash,
      RunStatus status,
      String store,
      String startedAt,
      Optional<String> endedAt,
      Optional<String> message,
      List<StageRecord> stages) {
    this(
        run,
        recipe,
        recipeHash,
        status,
        store,
        Optional.empty(),
        Optional.empty(),
        startedAt,
        endedAt,
        message,
        Map.of(),
        stages);
  }

  /** A stage by its name. */
  public Optional<StageRecord> stage(String name) {
    return stages.stream().filter(stage -> stage.name().equals(name)).findFirst();
  }

  /** The same with one stage changed. */
  public RunRecord with(String name, UnaryOperator<StageRecord> change) {
    return with(
        stages.stream()
            .map(stage -> stage.name().equals(name) ? change.apply(stage) : stage)
            .toList());
  }

  /** The same with other stages. */
  public RunRecord with(List<StageRecord> newStages) {
    return new RunRecord(
        run,
        recipe,
        recipeHash,
        status,
        store,
        server,
        recipeFolder,
        startedAt,
        endedAt,
        message,
        links,
        newStages);
  }

  /** It goes on. */
  public RunRecord running(String whereArtifactsAre) {
    return in(RunStatus.RUNNING, whereArtifactsAre, Optional.empty(), Optional.empty());
  }

  /** The same with the folder of its recipe. */
  public RunRecord of(Path folderOfRecipe) {
    return new RunRecord(
        run,
        recipe,
        recipeHash,
        status,
        store,
        server,
        Optional.of(folderOfRecipe.toString()),
        startedAt,
        endedAt,
        message,
        links,
        stages);
  }

  /** The same on a server. */
  public RunRecord on(String whichServer) {
    return new RunRecord(
        run,
        recipe,
        recipeHash,
        status,
        store,
        Optional.of(whichServer),
        recipeFolder,
        startedAt,
        endedAt,
        message,
        links,
        stages);
  }

  /** It was interrupted, nobody knows when. */
  public RunRecord paused(String why) {
    return in(RunStatus.PAUSED, store, endedAt, Optional.of(why));
  }

  /** It ended. */
  public RunRecord ended(RunStatus how, String when, Optional<String> why) {
    return in(how, store, Optional.of(when), why);
  }

  /** The same with where it can be looked at. */
  public RunRecord linked(Map<String, String> known) {
    return new RunRecord(
        run,
        recipe,
        recipeHash,
        status,
        store,
        server,
        recipeFolder,
        startedAt,
        endedAt,
        message,
        known,
        stages);
  }

  /** The same, not ended. */
  public RunRecord goesOn(RunStatus how) {
    return in(how, store, Optional.empty(), Optional.empty());
  }

  private RunRecord in(
      RunStatus how, String where, Optional<String> whenEnded, Optional<String> why) {
    return new RunRecord(
        run,
        recipe,
        recipeHash,
        how,
        where,
        server,
        recipeFolder,
        startedAt,
        whenEnded,
        why,
        links,
        stages);
  }
}

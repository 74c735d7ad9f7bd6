package dev.temper.infra.mlflow;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.mlflow.api.proto.Service.CreateExperiment;
import org.mlflow.api.proto.Service.CreateRun;
import org.mlflow.api.proto.Service.Experiment;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunTag;

/**
 * Finds one run and the runs of its stages in MLflow, and makes what is not there.
 *
 * <p>MLflow gives the ids, and making is not repeatable: an answer that was lost leaves a run that
 * nobody knows. So nothing is ever made without a search by tags before and after it; of two that
 * mean the same, the one that holds something counts, and an empty one is deleted.
 */
final class MlflowRuns {

  static final String RUN = "temper.run";
  static final String HASH = "temper.recipe.hash";
  static final String STARTED = "temper.started";
  static final String STAGE = "temper.stage";
  static final String PARENT = "mlflow.parentRunId";

  /** What is there; the stages by their names. */
  record Found(String experiment, Optional<Run> recipe, Map<String, Run> stages) {}

  private final MlflowCalls calls;
  private final TrackedRun run;
  private final String user;
  private Optional<String> experiment = Optional.empty();

  MlflowRuns(MlflowCalls calls, TrackedRun run, String user) {
    this.calls = calls;
    this.run = run;
    this.user = user;
  }

  /** Looks; makes the experiment, since a search needs one. */
  Found find() {
    String within = experiment();
    List<Run> all =
        calls.runs(
            within,
            "tags.`%s` = '%s' and tags.`%s` = '%s'"
                .formatted(RUN, MlflowCalls.quoted(run.name()), HASH, run.hash()));
    Map<String, Long> children = new TreeMap<>();
    for (Run found : all) {
      tag(found, PARENT).ifPresent(parent -> children.merge(parent, 1L, Long::sum));
    }
    Optional<Run> recipe =
        one(
            all.stream().filter(found -> tag(found, STAGE).isEmpty()).filter(this::ours).toList(),
            children);
    Map<String, Run> stages = new LinkedHashMap<>();
    recipe.ifPresent(
        parent -> {
          Map<String, List<Run>> byStage = new TreeMap<>();
          for (Run found : all) {
            if (tag(found, PARENT).filter(parent.getInfo().getRunId()::equals).isPresent()) {
              tag(found, STAGE)
                  .ifPresent(
                      stage ->
                          byStage.computeIfAbsent(stage, name -> new ArrayList<>()).add(found));
            }
          }
          byStage.forEach(
              (stage, found) -> one(found, children).ifPresent(it -> stages.put(stage, it)));
        });
    return new Found(within, recipe, stages);
  }

  private boolean ours(Run found) {
    return tag(found, STARTED).equals(run.startedAt());
  }

  private Optional<Run> one(List<Run> same, Map<String, Long> children) {
    Comparator<Run> order =
        Comparator.comparing((Run found) -> -children.getOrDefault(found.getInfo().getRunId(), 0L))
            .thenComparing(found -> -found.getData().getMetricsCount())
            .thenComparing(found -> found.getInfo().getRunId());
    List<Run> sorted = same.stream().sorted(order).toList();
    for (Run other : sorted.subList(Math.min(1, sorted.size()), sorted.size())) {
      boolean empty =
          other.getData().getMetricsCount() == 0
              && !children.containsKey(other.getInfo().getRunId());
      if (empty) {
        calls.discard(other.getInfo().getRunId());
      }
    }
    return sorted.stream().findFirst();
  }

  static Optional<String> tag(Run found, String key) {
    return found.getData().getTagsList().stream()
        .filter(tag -> tag.getKey().equals(key))
        .map(RunTag::getValue)
        .findFirst();
  }

  /** With the recipe's run. */
  Found withRecipe(Found found, long startTime) {
    if (found.recipe().isPresent()) {
      return found;
    }
    Map<String, String> tags = identity();
    run.startedAt().ifPresent(started -> tags.put(STARTED, started));
    tags.put("temper.recipe", run.recipe().name());
    create(found.experiment(), run.name(), startTime, tags);
    Found now = find();
    return sure(now, now.recipe().isPresent(), "run " + run.name());
  }

  /** With the run of a stage; the recipe's has to be there. */
  Found withStage(Found found, String stage, String kind, long startTime) {
    if (found.stages().containsKey(stage)) {
      return found;
    }
    Map<String, String> tags = identity();
    tags.put(STAGE, stage);
    tags.put("temper.kind", kind);
    tags.put(PARENT, found.recipe().orElseThrow().getInfo().getRunId());
    create(found.experiment(), stage, startTime, tags);
    Found now = find();
    return sure(now, now.stages().containsKey(stage), "stage " + stage);
  }

  /** A second look: a server that does not find what it has just made is not to be trusted. */
  private Found sure(Found now, boolean there, String what) {
    if (!there) {
      throw MlflowFailure.answered(
          "search for %s at %s".formatted(what, calls.server()),
          503,
          "",
          "what was just made is not found",
          0);
    }
    return now;
  }

  private Map<String, String> identity() {
    Map<String, String> tags = new TreeMap<>();
    tags.put(RUN, run.name());
    tags.put(HASH, run.hash());
    tags.put("mlflow.user", user);
    tags.put("mlflow.source.name", "temper run " + run.recipe().name());
    tags.put("mlflow.source.type", "LOCAL");
    return tags;
  }

  private void create(String within, String name, long startTime, Map<String, String> tags) {
    CreateRun.Builder request =
        CreateRun.newBuilder()
            .setExperimentId(within)
            .setRunName(name)
            .setUserId(user)
            .setStartTime(startTime);
    tags.forEach((key, value) -> request.addTags(RunTag.newBuilder().setKey(key).setValue(value)));
    calls.createRun(request.build());
  }

  private String experiment() {
    if (experiment.isEmpty()) {
      String name = run.recipe().name();
      Experiment known = calls.experiment(name).orElseGet(() -> makeExperiment(name));
      if (!known.getLifecycleStage().equals("active")) {
        throw MlflowFailure.answered(
            "experiment '%s' at %s".formatted(name, calls.server()),
            409,
            "DELETED",
            "it was deleted; restore it, or delete it for good with 'mlflow gc'",
            0);
      }
      experiment = Optional.of(known.getExperimentId());
    }
    return experiment.get();
  }

  private Experiment makeExperiment(String name) {
    try {
      calls.createExperiment(CreateExperiment.newBuilder().setName(name).build());
    } catch (MlflowFailure e) {
      if (!e.alreadyThere()) { // made by another process meanwhile
        throw e;
      }
    }
    return calls
        .experiment(name)
        .orElseThrow(
            () ->
                MlflowFailure.answered(
                    "experiment '%s' at %s".formatted(name, calls.server()),
                    503,
                    "",
                    "what was just made is not found",
                    0));
  }

  /** Forgets what was known by id, after the server said that it is not there. */
  void forget() {
    experiment = Optional.empty();
  }
}

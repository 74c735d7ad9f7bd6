package dev.temper.infra.mlflow;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.run.RunStatus;
import dev.temper.infra.run.StageRecord;
import dev.temper.recipes.Stage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.mlflow.api.proto.Service.Run;

/**
 * Brings a run in MLflow to what its folder says.
 *
 * <p>Every call may be repeated, also after one that was cut off anywhere: each looks first at what
 * is there. So a run that is sent as it goes and one that is sent later come out alike, and a
 * failure needs nothing but another try.
 */
final class RunSender {

  private static final String SENT = "temper.sent";
  private static final String MODEL = "temper.model";

  private final URI server;
  private final MlflowCalls calls;
  private final TrackedRun run;
  private final MlflowRuns runs;
  private final Batches batches;
  private final Artifacts artifacts;
  private final Models models;
  private final Statuses statuses;
  private final List<String> notes = new ArrayList<>();
  private int points;

  RunSender(MlflowTransport transport, TrackedRun run, Batches.Moments moments) {
    this.server = transport.server();
    this.calls = new MlflowCalls(transport);
    this.run = run;
    this.runs = new MlflowRuns(calls, run, System.getProperty("user.name", "unknown"));
    this.batches = new Batches(calls, moments);
    this.artifacts = new Artifacts(transport, calls);
    this.models = new Models(calls);
    this.statuses = new Statuses(calls);
  }

  /** Where a person sees a run. */
  String page(Run shown) {
    return Mlflow.page(server, shown);
  }

  /** Journal lines sent so far. */
  int linesSent() {
    return points;
  }

  /** What could not be sent and will never be. */
  List<String> losses() {
    List<String> all = new ArrayList<>(batches.rejected());
    all.addAll(notes);
    return all;
  }

  /** Makes the recipe's run, if need be, and says how far it is; returns its id and experiment. */
  Run recipe(RunRecord record) throws IOException {
    MlflowRuns.Found found = runs.withRecipe(runs.find(), startOf(record));
    return recipe(record, found);
  }

  private Run recipe(RunRecord record, MlflowRuns.Found found) throws IOException {
    Run parent = found.recipe().orElseThrow();
    batches.parameters(parent, Parameters.of(run.recipe()));
    Map<String, String> tags = new TreeMap<>();
    tags.put("temper.status", record.status().text());
    tags.put("temper.message", record.message().orElse(""));
    tags.put("temper.store", record.store());
    tags.put("temper.stages", stages(record));
    batches.tags(parent, tags);
    Map<String, Path> files =
        new TreeMap<>(Artifacts.of(run.folder().resolve("report"), "report/"));
    Path recipe = run.folder().resolve("recipe.yaml");
    if (Files.exists(recipe)) {
      files.put("recipe.yaml", recipe);
    }
    if (!Statuses.of(record.status()).equals("RUNNING")) {
      artifacts.attach(parent, files).ifPresent(this::note);
    }
    statuses.set(
        parent,
        record.status(),
        record.endedAt().map(RunSender::millis).orElse(OptionalLong.empty()));
    return parent;
  }

  private static String stages(RunRecord record) {
    long finished =
        record.stages().stream().filter(stage -> stage.status() == RunStatus.FINISHED).count();
    return finished + "/" + record.stages().size();
  }

  /** Sends what is final of a stage. */
  void stage(RunRecord record, String name) throws IOException {
    stage(record, name, runs.find());
  }

  /**
   * The same.
   *
   * @param there what MLflow had; returned with what was made
   */
  private MlflowRuns.Found stage(RunRecord record, String name, MlflowRuns.Found there)
      throws IOException {
    Optional<StageRecord> known = record.stage(name).filter(RunSender::begun);
    Optional<Stage> spec = run.stage(name);
    if (known.isEmpty() || spec.isEmpty()) {
      return there;
    }
    StageRecord stage = known.get();
    boolean finished = stage.status() == RunStatus.FINISHED;
    Journal journal = Journal.read(run.folder(name), finished);
    long start = journal.startedAt().orElse(firstTime(journal, startOf(record)));
    MlflowRuns.Found found = runs.withRecipe(there, startOf(record));
    found = runs.withStage(found, name, stage.kind(), start);
    Run child = found.stages().get(name);
    Run parent = found.recipe().orElseThrow();
    batches.parameters(child, Parameters.of(spec.get()));
    inputs(child, spec.get());
    points += batches.lines(child, "", SENT, journal.lines());
    batches.lines(parent, name + "/", SENT + "." + name, headlines(stage, journal));
    if (finished) {
      Journal.Line summary = Summaries.of(stage, journal.endedAt().orElse(start));
      batches.values(child, Summaries.PREFIX, summary);
      batches.values(parent, Summaries.PREFIX + name + "/", summary);
      artifacts.attach(child, Artifacts.of(run.folder(name), "")).ifPresent(this::note);
      if (MlflowRuns.tag(child, MODEL).isEmpty()) {
        models
            .log(child, run, stage, artifactTags(record, stage))
            .ifPresent(id -> batches.tags(child, Map.of(MODEL, id)));
      }
    }
    batches.tags(child, tags(record, stage));
    statuses.set(child, stage.status(), OptionalLong.of(journal.endedAt().orElse(start)));
    return found;
  }

  /** Whether there is anything to say of it. */
  private static boolean begun(StageRecord stage) {
    return stage.attempts() > 0 || stage.status() == RunStatus.FINISHED;
  }

  private static List<Journal.Line> headlines(StageRecord stage, Journal journal) {
    return journal.lines().stream()
        .map(line -> Headlines.of(stage.kind(), line))
        .flatMap(Optional::stream)
        .toList();
  }

  private Map<String, String> tags(RunRecord record, StageRecord stage) {
    Map<String, String> tags = new TreeMap<>(artifactTags(record, stage));
    tags.put("temper.status", stage.status().text());
    tags.put("temper.message", stage.message().orElse(""));
    tags.put("temper.attempts", Integer.toString(stage.attempts()));
    tags.put("temper.resumedFromStep", Long.toString(stage.resumedFromStep()));
    tags.put("temper.cached", Boolean.toString(stage.cached()));
    if (!batches.rejected().isEmpty()) {
      tags.put("temper.rejected", String.join("\n", batches.rejected()));
    }
    return tags;
  }

  private static Map<String, String> artifactTags(RunRecord record, StageRecord stage) {
    Map<String, String> tags = new LinkedHashMap<>();
    stage
        .artifact()
        .ifPresent(
            key -> {
              tags.put("temper.key", key);
              tags.put(
                  "temper.location",
                  record.store().replaceAll("/+$", "") + "/artifacts/" + key + "/MANIFEST.json");
            });
    stage.content().ifPresent(content -> tags.put("temper.content", content));
    return tags;
  }

  private void inputs(Run child, Stage stage) {
    ArrayNode datasets = Datasets.of(stage);
    if (datasets.isEmpty() || child.getInputs().getDatasetInputsCount() > 0) {
      return;
    }
    ObjectNode body = MlflowCalls.body().put("run_id", child.getInfo().getRunId());
    body.set("datasets", datasets);
    calls.post("runs/log-inputs", body);
  }

  private static long firstTime(Journal journal, long otherwise) {
    return journal.lines().isEmpty() ? otherwise : journal.lines().get(0).time();
  }

  private static long startOf(RunRecord record) {
    return millis(record.startedAt()).orElse(0);
  }

  private static OptionalLong millis(String time) {
    try {
      return OptionalLong.of(Instant.parse(time).toEpochMilli());
    } catch (DateTimeParseException e) {
      return OptionalLong.empty();
    }
  }

  private void note(String text) {
    if (!notes.contains(text)) {
      notes.add(text);
    }
  }

  /** Says of stages that will not go on how they ended; those that finished say so themselves. */
  void unfinished(RunRecord record) {
    Map<String, Run> stages = runs.find().stages();
    OptionalLong ended = record.endedAt().map(RunSender::millis).orElse(OptionalLong.empty());
    for (StageRecord stage : record.stages()) {
      Run child = stages.get(stage.name());
      if (child != null && stage.status() != RunStatus.FINISHED) {
        batches.tags(
            child,
            Map.of(
                "temper.status",
                stage.status().text(),
                "temper.message",
                stage.message().orElse("")));
        statuses.set(child, stage.status(), ended);
      }
    }
  }

  /** Forgets what was known by id, after the server said that it is not there. */
  void forget() {
    runs.forget();
  }

  /** Sends all that is final; may be repeated. */
  Run all(RunRecord record) throws IOException {
    MlflowRuns.Found found = runs.find(); // once: on a large run it is what takes time
    for (StageRecord stage : record.stages()) {
      found = stage(record, stage.name(), found);
    }
    return recipe(record, runs.withRecipe(found, startOf(record)));
  }
}

package dev.temper.activities;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.activities.store.FolderArtifactStore;
import dev.temper.recipes.Stage;
import dev.temper.trainers.Compute;
import dev.temper.trainers.StepwiseTask;
import dev.temper.workflows.StageRequest;
import dev.temper.workflows.StageResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** A driver on a folder store, with a run folder beside it. */
final class Rig {

  private final Path home;
  private final FolderTracker tracker;
  private ArtifactStore store;
  private StageFailpoints failpoints = StageFailpoints.NONE;
  private StepwiseTask.Factory tasks = FakeTask.factory(FakeBugs.NONE);
  private Duration writerDeadline = Duration.ofMinutes(1);
  private Place place = Place.ONLY;

  Rig(Path home) {
    this.home = home;
    this.tracker = new FolderTracker(home);
    this.store = new FolderArtifactStore(home.resolve("store"));
  }

  Rig failing(StageFailpoints some) {
    failpoints = some;
    return this;
  }

  Rig buggy(FakeBugs bugs) {
    tasks = FakeTask.factory(bugs);
    return this;
  }

  Rig running(StepwiseTask.Factory some) {
    tasks = some;
    return this;
  }

  Rig withWriterDeadline(Duration deadline) {
    writerDeadline = deadline;
    return this;
  }

  Rig storing(ArtifactStore some) {
    store = some;
    return this;
  }

  Rig in(String somePlace) {
    place = new Place(somePlace, "a test");
    return this;
  }

  ArtifactStore store() {
    return store;
  }

  List<String> told() {
    return tracker.told();
  }

  StageDriver driver() {
    return new StageDriver(
        store,
        tracker,
        FakeStages.identities(),
        tasks,
        new Compute(1),
        (run, file) -> home.resolve(file.file()),
        new DriverSettings(
            "test", Duration.ofDays(1), writerDeadline, InstantSource.system(), failpoints, place));
  }

  RunTracker tracker() {
    return tracker;
  }

  /** One attempt. */
  StageResult run(String run, Stage stage, StageResult... inputs)
      throws IOException, InterruptedException {
    return run(FakeStages.request(run, stage, inputs), new FreeControl());
  }

  StageResult run(StageRequest request, StageControl control)
      throws IOException, InterruptedException {
    return driver().run(request, 1, StageFailures.NONE, control);
  }

  Path stageFolder(String run, String stage) {
    return home.resolve("runs").resolve(run).resolve("stages").resolve(stage);
  }

  /** The metric lines without their times. */
  String metricLines(String run, String stage) throws IOException {
    return StandardCharsets.UTF_8
        .decode(
            MetricsJournal.withoutTimes(
                Files.readString(stageFolder(run, stage).resolve("metrics.jsonl"))))
        .toString();
  }

  /** Steps executed by all attempts together. */
  long executedSteps(String run, String stage) throws IOException {
    long sum = 0;
    for (String line : Files.readAllLines(stageFolder(run, stage).resolve("attempts.jsonl"))) {
      sum += FakeStages.JSON.readTree(line).get("executedSteps").longValue();
    }
    return sum;
  }

  /** The line of the newest attempt. */
  JsonNode attempt(String run, String stage) throws IOException {
    List<String> lines = Files.readAllLines(stageFolder(run, stage).resolve("attempts.jsonl"));
    return FakeStages.JSON.readTree(lines.get(lines.size() - 1));
  }

  Path artifact(String key) {
    return home.resolve("store").resolve("artifacts").resolve(key);
  }

  Path checkpoints(String key) {
    return home.resolve("store").resolve("checkpoints").resolve(key);
  }
}

package dev.temper.infra.cli;

import dev.temper.activities.ArtifactStore;
import dev.temper.infra.Tracking;
import dev.temper.infra.recipe.PinnedRecipe;
import dev.temper.infra.recipe.Preflight;
import dev.temper.infra.run.RunFolder;
import dev.temper.infra.run.RunInUseException;
import dev.temper.infra.run.RunLock;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.run.RunStatus;
import dev.temper.infra.temporal.LiveOperations;
import dev.temper.infra.temporal.Queues;
import dev.temper.infra.temporal.RemoteRun;
import dev.temper.infra.temporal.TemporalServer;
import dev.temper.workflows.RecipeRun;
import dev.temper.workflows.RunSettings;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A run on a Temporal server: started, or found there, and then watched. */
final class ServerRun {

  /** Whoever watches would rather see the run than wait for files of a store that is away. */
  private static final Duration FETCH = Duration.ofSeconds(5);

  private final TemperCommand root;
  private final RunFolder folder;
  private final PinnedRecipe pinned;
  private final boolean again;
  private final boolean detach;

  ServerRun(
      TemperCommand root, RunFolder folder, PinnedRecipe pinned, boolean again, boolean detach) {
    this.root = root;
    this.folder = folder;
    this.pinned = pinned;
    this.again = again;
    this.detach = detach;
  }

  /** Returns the exit code. */
  int call(TemporalServer server) throws IOException, InterruptedException {
    RemoteRun remote = new RemoteRun(server.client(), folder.name());
    Optional<RunRecord> before = folder.record();
    Optional<WorkflowExecutionStatus> status = remote.status();
    boolean attach =
        status
            .filter(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING::equals)
            .isPresent();
    if (attach) {
      requireSame(remote.asked());
    } else {
      refuse(before, status, remote);
    }
    if (!attach) {
      MlflowCheck.before(root, before.isPresent());
    }
    // The files of a run that goes on are where its workers put them.
    String location =
        Optional.of(remote)
            .filter(run -> attach)
            .map(run -> run.asked().settings().store())
            .filter(store -> !store.isEmpty())
            .orElseGet(root::store);
    try (ArtifactStore store = root.artifacts(location)) {
      if (!attach) {
        // Before the folder is held: its lock is the first file there, and a refusal leaves none.
        Preflight.store(store);
        new RunData(store, pinned).put(server.place().root(folder.name()));
      }
      RunRecord record =
          StartingRecord.of(before, folder, pinned, location)
              .on(server.address().target() + "/" + server.address().namespace());
      return held(server, remote, store, record, attach);
    }
  }

  private int held(
      TemporalServer server,
      RemoteRun remote,
      ArtifactStore store,
      RunRecord record,
      boolean attach)
      throws IOException, InterruptedException {
    try (HeldFolder held = hold(folder.record())) {
      if (!attach) {
        remote.start(
            new RecipeRun(
                folder.name(),
                pinned.recipe(),
                new RunSettings(
                    record.store(), Queues.CPU, searchable(server), tracked(), store.id()),
                Map.of()));
      }
      if (held.writes()) {
        folder.writeRecipe(pinned.yaml());
        folder.write(record);
      }
      sayWhereThingsAre(server, remote, record.store(), attach);
      if (detach) {
        sayHowToAttach();
        return ExitCode.OK.number();
      }
      return new WatchedRun(root, folder, remote, store.impatient(FETCH), held.writes())
          .toItsEnd(record);
    }
  }

  /** Whether this process keeps the folder of the run; another one that watches may do so. */
  private record HeldFolder(Optional<RunLock> lock) implements AutoCloseable {

    boolean writes() {
      return lock.isPresent();
    }

    @Override
    public void close() throws IOException {
      if (lock.isPresent()) {
        lock.get().close();
      }
    }
  }

  private HeldFolder hold(Optional<RunRecord> before) throws IOException {
    try {
      return new HeldFolder(Optional.of(folder.lock()));
    } catch (RunInUseException e) {
      if (before.flatMap(RunRecord::server).isEmpty()) {
        throw e; // it runs inside that process
      }
      return new HeldFolder(Optional.empty());
    }
  }

  /** A run goes on with the recipe that it was started with. */
  private void requireSame(RecipeRun asked) {
    PinnedRecipe running = new PinnedRecipe(asked.recipe(), pinned.files());
    if (!running.hash().equals(pinned.hash())) {
      throw Refusal.usage(
          "run %s is running on the server with another recipe; choose another --name, or cancel it first:%n  %s"
              .formatted(
                  folder.name(),
                  String.join("\n  ", RecipeDifferences.of(running.yaml(), pinned.yaml()))));
    }
  }

  private void refuse(
      Optional<RunRecord> before, Optional<WorkflowExecutionStatus> status, RemoteRun remote)
      throws IOException {
    if (again) {
      return;
    }
    boolean finished =
        status.isPresent()
            ? status.get() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED
            // The server forgets closed workflows after a while, the folder does not.
            : before
                .filter(run -> run.server().isPresent())
                .filter(run -> run.status() == RunStatus.FINISHED)
                .isPresent();
    if (finished) {
      throw Refusal.usage(
          "run %s is finished; choose another --name, or --again to run it again (what is in the store is not computed again)"
              .formatted(folder.name()));
    }
    if (status.isPresent()) {
      requireSameAsEnded(status.get(), remote.asked());
    } else if (before.isPresent() && !before.get().recipeHash().equals(pinned.hash())) {
      throw Refusal.usage(
          StartingRecord.otherRecipe(folder, Files.readString(folder.recipe()), pinned));
    }
  }

  private void requireSameAsEnded(WorkflowExecutionStatus status, RecipeRun asked) {
    PinnedRecipe ended = new PinnedRecipe(asked.recipe(), pinned.files());
    if (!ended.hash().equals(pinned.hash())) {
      throw Refusal.usage(
          "run %s, which is %s on the server, had another recipe; choose another --name, or --again to go on with this one:%n  %s"
              .formatted(
                  folder.name(),
                  LiveOperations.word(status),
                  String.join("\n  ", RecipeDifferences.of(ended.yaml(), pinned.yaml()))));
    }
  }

  /** Lists by attributes are a comfort: a server that has no room for them still runs recipes. */
  private boolean searchable(TemporalServer server) {
    Optional<String> problem = server.ensureSearchAttributes();
    problem.ifPresent(
        why ->
            root.around()
                .err()
                .println("temper: runs cannot be searched by attributes on this server: " + why));
    return problem.isEmpty();
  }

  private boolean tracked() {
    return !trackingServer().isEmpty();
  }

  private String trackingServer() {
    return root.environment().getOrDefault("MLFLOW_TRACKING_URI", "");
  }

  private void sayWhereThingsAre(
      TemporalServer server, RemoteRun remote, String location, boolean attached) {
    String link = new TemporalLink(root.environment(), server.address()).of(remote.workflowId());
    String tracking = Tracking.shown(root.environment());
    if (root.json()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("event", "run");
      line.put("run", folder.name());
      line.put("recipe", pinned.recipe().name());
      line.put("folder", folder.path().toString());
      line.put("store", location);
      line.put("temporal", link);
      line.put("workflow", remote.workflowId());
      line.put("attached", attached);
      line.put("tracking", tracking);
      new JsonLines(root.around().out()).print(line);
      return;
    }
    var out = root.around().out();
    out.printf("run        %s%s%n", folder.name(), attached ? ", running already" : "");
    out.printf("artifacts  %s%n", location);
    out.printf("Temporal   %s%n", link);
    out.printf("tracking   %s in %s%n", tracking, folder.path());
    out.println();
  }

  private void sayHowToAttach() {
    if (!root.json()) {
      root.around()
          .out()
          .printf(
              "the run goes on without this command; the same command without --detach watches it, 'temper status %s' shows it%n",
              folder.name());
    }
  }
}

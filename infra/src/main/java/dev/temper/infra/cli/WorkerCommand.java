package dev.temper.infra.cli;

import dev.temper.activities.ArtifactStore;
import dev.temper.activities.RunActivitiesImpl;
import dev.temper.activities.RunTracker;
import dev.temper.infra.StageWork;
import dev.temper.infra.Tracking;
import dev.temper.infra.Wiring;
import dev.temper.infra.mlflow.Mlflow;
import dev.temper.infra.mlflow.MlflowWork;
import dev.temper.infra.recipe.Preflight;
import dev.temper.infra.run.Home;
import dev.temper.infra.run.RunLog;
import dev.temper.infra.run.WorkTracker;
import dev.temper.infra.temporal.QueueWorkers;
import dev.temper.infra.temporal.Queues;
import dev.temper.infra.temporal.TemporalServer;
import dev.temper.recipes.Numerics;
import dev.temper.recipes.Stage;
import dev.temper.workflows.RecipeRun;
import dev.temper.workflows.RunActivities;
import dev.temper.workflows.RunEnd;
import dev.temper.workflows.RunLinks;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A process that does what runs on a Temporal server need done. */
@Command(
    name = "worker",
    description = "runs stages for a Temporal server, until it is told to end")
final class WorkerCommand implements Callable<Integer> {

  private final TemperCommand root;

  @Option(
      names = "--queue",
      paramLabel = "Q",
      split = ",",
      description =
          "task queues to work on; 'control' carries the runs themselves, others their stages;"
              + " default: control,cpu; with --device cuda: gpu")
  private List<String> queues = List.of();

  @Option(
      names = "--device",
      paramLabel = "D",
      description =
          "cpu, or cuda for a worker with an accelerator: it must be there, and the default of"
              + " --queue is then gpu; of several, CUDA_VISIBLE_DEVICES chooses one")
  private String device = "cpu";

  @Option(
      names = "--slots",
      paramLabel = "N",
      description =
          "stages of one queue at the same time; default: one for an accelerator, else as many as"
              + " cores and at least 2")
  private Integer slots;

  @Option(
      names = "--grace",
      paramLabel = "SECONDS",
      description =
          "after SIGTERM or Ctrl-C, how long stages may take to finish their step and commit a"
              + " checkpoint; default: 60")
  private int graceSeconds = 60;

  WorkerCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Map<String, Integer> polled = polled();
    // Before anything is asked of a server: a worker without its device would only lose stages.
    Preflight.tensors(root.environment(), device.equals(Numerics.CUDA));
    Optional<Mlflow> mlflow = MlflowCheck.named(root);
    String location = root.store();
    try (TemporalServer server = root.connect("worker", root.wiring().failpoints());
        ArtifactStore store = root.artifacts(location)) {
      Preflight.store(store);
      Home home = root.home();
      Path folder = Files.createDirectories(home.path().resolve("worker"));
      PrintStream out = root.around().out();
      WorkTracker followed = new WorkTracker(home, this::say);
      Optional<MlflowWork> sent =
          mlflow.map(known -> known.work(followed, folder, location, root.wiring().failpoints()));
      RunActivities runs =
          mlflow
              .<RunActivities>map(known -> new RunActivitiesImpl(known.records(home)))
              .orElseGet(Untracked::new);
      try (RunLog log =
              new RunLog(
                  folder.resolve("worker.log"),
                  root.verbose() ? Optional.of(root.around().err()) : Optional.empty());
          StageWork work =
              root.wiring()
                  .work(
                      store,
                      location,
                      sent.<RunTracker>map(tracker -> tracker).orElse(followed),
                      new StoredData(store, folder.resolve("data")),
                      server.place());
          QueueWorkers workers = QueueWorkers.start(server.client(), polled, work.stages(), runs)) {
        CountDownLatch never = new CountDownLatch(1);
        Runtime.getRuntime()
            .addShutdownHook(new Thread(() -> end(work, workers, sent), "end of the worker"));
        say(
            "worker %d is ready: queues %s, Temporal %s, artifacts %s, tracking %s"
                .formatted(
                    ProcessHandle.current().pid(),
                    inWords(polled),
                    server.address().target() + "/" + server.address().namespace(),
                    location,
                    Tracking.shown(root.environment())));
        out.flush();
        never.await(); // the shutdown hook ends the process
        return ExitCode.OK.number();
      }
    }
  }

  private Map<String, Integer> polled() {
    if (!device.equals("cpu") && !device.equals(Numerics.CUDA)) {
      throw Refusal.usage("--device must be cpu or cuda, got " + device);
    }
    if (slots != null && slots < 1) {
      throw Refusal.usage("--slots must be at least 1, got " + slots);
    }
    if (graceSeconds < 0) {
      throw Refusal.usage("--grace must be at least 0, got " + graceSeconds);
    }
    Map<String, Integer> polled = new LinkedHashMap<>();
    for (String queue : queues()) {
      if (queue.isBlank()) {
        throw Refusal.usage("--queue must name queues, got an empty one in " + queues);
      }
      // A queue with the name of an accelerator has one: two stages would share its memory.
      int usual = queue.startsWith("gpu") ? 1 : Wiring.concurrentStages();
      polled.put(queue.strip(), slots == null ? usual : slots);
    }
    return polled;
  }

  private List<String> queues() {
    if (!queues.isEmpty()) {
      return queues;
    }
    return device.equals(Numerics.CUDA)
        ? List.of(Stage.ACCELERATED)
        : List.of(Queues.CONTROL, Queues.CPU);
  }

  private static String inWords(Map<String, Integer> polled) {
    List<String> words = new ArrayList<>();
    polled.forEach(
        (queue, slots) ->
            words.add(
                queue.equals(Queues.CONTROL)
                    ? queue
                    : "%s (%d %s)".formatted(queue, slots, slots == 1 ? "slot" : "slots")));
    return String.join(", ", words);
  }

  /** Runs in a shutdown hook: a limit on everything, and no System.exit. */
  private void end(StageWork work, QueueWorkers workers, Optional<MlflowWork> sent) {
    say(
        "told to end: takes no more work; running stages finish their step and commit a checkpoint, within %d seconds"
            .formatted(graceSeconds));
    boolean saved = false;
    try {
      saved =
          new WorkerEnd(Duration.ofSeconds(graceSeconds), System::nanoTime)
              .of(waits(work, workers, sent));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      say(
          saved
              ? "ended: every stage has been handed over at a checkpoint"
              : "ended: a stage did not stop in time; its last checkpoint counts, and another worker takes it over when signs of life are missed");
      root.around().out().flush();
      root.around().err().flush();
      Runtime.getRuntime().halt(ExitCode.OK.number());
    }
  }

  private WorkerEnd.Waits waits(StageWork work, QueueWorkers workers, Optional<MlflowWork> sent) {
    return new WorkerEnd.Waits() {
      @Override
      public void takeNoMore() {
        workers.stopPolling();
      }

      @Override
      public boolean saved(Duration limit) throws InterruptedException {
        return work.stages().stop(limit);
      }

      @Override
      public void reported(Duration limit) {
        workers.awaitEnd(limit);
      }

      @Override
      public void sent(Duration limit) throws InterruptedException {
        if (sent.isPresent()) {
          sent.get().end(limit).ifPresent(why -> say("MLflow does not have all: " + why));
        }
      }
    };
  }

  private synchronized void say(String what) {
    if (root.json()) {
      new JsonLines(root.around().out()).print(Map.of("event", "worker", "text", what));
    } else {
      root.around().out().println(what);
    }
  }

  /** Where nothing follows runs. */
  private record Untracked() implements RunActivities {

    @Override
    public RunLinks begin(RecipeRun run) {
      return RunLinks.NONE;
    }

    @Override
    public void end(RunEnd end) {
      // Nobody to tell.
    }
  }
}

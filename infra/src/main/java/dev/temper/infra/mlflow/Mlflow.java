package dev.temper.infra.mlflow;

import dev.temper.activities.RunRecords;
import dev.temper.activities.RunTracker;
import dev.temper.activities.StageFailpoints;
import dev.temper.infra.run.Home;
import dev.temper.infra.run.RunFolder;
import dev.temper.infra.run.RunRecord;
import dev.temper.recipes.Recipe;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.mlflow.api.proto.Service.Run;

/** The MLflow server that the environment names. */
public final class Mlflow {

  /** A server that is not there is known not to be after this time. */
  private static final Duration PROBE_LIMIT = Duration.ofSeconds(10);

  private final MlflowSettings settings;
  private final MlflowTransport.Limits limits;
  private final MlflowWriter.Pace pace;

  Mlflow(MlflowSettings settings, MlflowTransport.Limits limits, MlflowWriter.Pace pace) {
    this.settings = settings;
    this.limits = limits;
    this.pace = pace;
  }

  /**
   * The server of an environment; empty if it names none.
   *
   * @throws IllegalArgumentException naming the variable, its value and the rule
   */
  public static Optional<Mlflow> of(Map<String, String> environment) {
    return MlflowSettings.of(environment)
        .map(
            settings ->
                new Mlflow(settings, MlflowTransport.Limits.USUAL, MlflowWriter.Pace.USUAL));
  }

  /** Its address, without credentials. */
  public String server() {
    return settings.server().toString();
  }

  /**
   * Tries whether the server is there and lets us in.
   *
   * @throws MlflowFailure saying what was tried
   */
  public void probe() {
    MlflowTransport.Limits quick =
        new MlflowTransport.Limits(limits.connect(), PROBE_LIMIT, PROBE_LIMIT);
    new MlflowCalls(new MlflowTransport(settings, quick)).experiment("temper");
  }

  /**
   * Follows a run and sends it.
   *
   * @param followed is told everything first
   * @param record the run as it stands, at any time
   */
  public MlflowTracker tracker(
      RunTracker followed,
      RunFolder folder,
      Recipe recipe,
      Supplier<RunRecord> record,
      StageFailpoints failpoints) {
    TrackedRun run = tracked(folder, recipe, record.get());
    return new MlflowTracker(
        followed,
        new RunSender(
            new MlflowTransport(settings, limits), run, moment -> failpoints.at(moment, "")),
        record,
        pace);
  }

  /**
   * What a sync did.
   *
   * @param run id of the recipe's run
   * @param url of its page
   * @param lines journal lines that were sent; 0 if all were there
   * @param losses what the server refused
   */
  public record Sync(String run, String url, int lines, List<String> losses) {
    public Sync {
      losses = List.copyOf(losses);
    }
  }

  /**
   * Sends what is final of a run and not there yet.
   *
   * @param tries how often to begin again when the server does not answer
   * @throws MlflowFailure if it never did, or refuses
   */
  public Sync sync(RunFolder folder, Recipe recipe, RunRecord record, int tries)
      throws IOException, InterruptedException {
    MlflowTransport transport = new MlflowTransport(settings, limits);
    for (int failures = 0; ; ) {
      try {
        RunSender sender = new RunSender(transport, tracked(folder, recipe, record), moment -> {});
        Run run = sender.all(record);
        return new Sync(
            run.getInfo().getRunId(),
            page(settings.server(), run),
            sender.linesSent(),
            sender.losses());
      } catch (MlflowFailure e) {
        if (!e.passing() || ++failures >= tries) {
          throw e;
        }
        Duration wait = e.wait(pace.backoff().most()).orElse(pace.backoff().after(failures));
        TimeUnit.MILLISECONDS.sleep(wait.toMillis());
      }
    }
  }

  /** Follows the stages of a worker and sends them. */
  public MlflowWork work(
      RunTracker followed, Path folder, String store, StageFailpoints failpoints) {
    return new MlflowWork(
        followed,
        new MlflowTransport(settings, limits),
        folder,
        store,
        moment -> failpoints.at(moment, ""),
        pace);
  }

  /** Makes the runs of recipes that a Temporal server carries out. */
  public RunRecords records(Home home) {
    return new MlflowRecords(new MlflowTransport(settings, limits), home, InstantSource.system());
  }

  /** Where a person sees a run. */
  static String page(URI server, Run run) {
    return "%s/#/experiments/%s/runs/%s"
        .formatted(server, run.getInfo().getExperimentId(), run.getInfo().getRunId());
  }

  /** On a server a run's name is unique; elsewhere its first start tells it apart. */
  private static TrackedRun tracked(RunFolder folder, Recipe recipe, RunRecord record) {
    return new TrackedRun(
        record.run(),
        recipe,
        record.recipeHash(),
        record.server().isPresent() ? Optional.empty() : Optional.of(record.startedAt()),
        folder.path());
  }
}

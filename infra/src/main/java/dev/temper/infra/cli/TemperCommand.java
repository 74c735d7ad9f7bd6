package dev.temper.infra.cli;

import dev.temper.activities.ArtifactStore;
import dev.temper.activities.StageFailpoints;
import dev.temper.infra.Stores;
import dev.temper.infra.Wiring;
import dev.temper.infra.data.FetchedData;
import dev.temper.infra.data.HuggingFaceData;
import dev.temper.infra.run.Home;
import dev.temper.infra.run.RunFolder;
import dev.temper.infra.run.RunListener;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.run.StageRecord;
import dev.temper.infra.s3.S3Data;
import dev.temper.infra.stack.StackEnvironment;
import dev.temper.infra.temporal.ServerAddress;
import dev.temper.infra.temporal.ServerException;
import dev.temper.infra.temporal.TemporalServer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The options that all commands share. */
@Command(
    name = "temper",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Version.class,
    description = "Runs post-training recipes for language models as durable experiments.",
    usageHelpAutoWidth = false,
    sortOptions = false,
    subcommands = {
      RunCommand.class,
      ValidateCommand.class,
      PlanCommand.class,
      StatusCommand.class,
      ListCommand.class,
      LogsCommand.class,
      ReportCommand.class,
      SyncCommand.class,
      SampleCommand.class,
      ScoreCommand.class,
      ExportCommand.class,
      GcCommand.class,
      PinCommand.class,
      UnpinCommand.class,
      RecipesCommand.class,
      InitCommand.class,
      SchemaCommand.class,
      MethodsCommand.class,
      MethodCommand.class,
      WorkerCommand.class,
      PauseCommand.class,
      ResumeCommand.class,
      CancelCommand.class,
      RetryCommand.class,
      MoveCommand.class,
      UpCommand.class,
      DownCommand.class,
      ChaosCommand.class
    },
    footer = {
      "",
      "Exit codes:",
      "  0    finished as asked",
      "  2    wrong usage or recipe",
      "  3    cannot start: data, disk, memory, or another process",
      "  4    a stage failed",
      "  5    a quality gate was not met",
      "  6    a server cannot be reached",
      "  130  interrupted: the same command continues the run"
    })
final class TemperCommand implements Runnable {

  private final Surroundings around;
  private final Supplier<Wiring> wiring;

  @Spec private CommandSpec spec;

  @Option(
      names = "--home",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description = "where runs lie; default: $TEMPER_HOME, or .temper in the working directory")
  private Path home;

  @Option(
      names = "--store",
      paramLabel = "STORE",
      scope = ScopeType.INHERIT,
      description =
          "where artifacts lie: a folder or s3://BUCKET/PREFIX; default: $TEMPER_STORE, or store in the home folder")
  private String store;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "one JSON object per line on standard output and nothing else there")
  private boolean json;

  @Option(
      names = "--plain",
      scope = ScopeType.INHERIT,
      description = "plain lines instead of progress that redraws itself")
  private boolean plain;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "log and stack traces on standard error")
  private boolean verbose;

  TemperCommand(Surroundings around, Supplier<Wiring> wiring) {
    this.around = around;
    this.wiring = wiring;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do");
  }

  Surroundings around() {
    return around;
  }

  Wiring wiring() {
    return wiring.get();
  }

  boolean json() {
    return json;
  }

  boolean verbose() {
    return verbose;
  }

  /** Whether progress may redraw itself. */
  boolean redraws() {
    return around.columns().isPresent() && !plain && !json;
  }

  /** Shows progress as this terminal and these options want it. */
  RunListener progress(RunRecord record) {
    PrintStream out = around.out();
    StageLine line = new StageLine(record.stages().stream().map(StageRecord::name).toList());
    if (json) {
      return new JsonProgress(new JsonLines(out));
    }
    return redraws()
        ? new TerminalProgress(out, line, around.columns().orElseThrow())
        : new PlainProgress(out, line, Clock.systemUTC());
  }

  /** The process's environment, over that of the local stack while it is up. */
  Map<String, String> environment() {
    return StackEnvironment.over(around.environment(), home().path());
  }

  /** The Temporal server that is configured, if one is. */
  Optional<ServerAddress> server() throws ServerException {
    return ServerAddress.of(environment());
  }

  /**
   * Connects to the Temporal server.
   *
   * @param what needs it, for the refusal where none is configured
   */
  TemporalServer connect(String what) throws ServerException {
    return connect(what, StageFailpoints.NONE);
  }

  TemporalServer connect(String what, StageFailpoints failpoints) throws ServerException {
    ServerAddress address =
        server()
            .orElseThrow(
                () ->
                    Refusal.usage(
                        "'%s' needs a Temporal server, and none is configured: start the local stack with 'temper up', or set TEMPORAL_ADDRESS (and TEMPORAL_NAMESPACE, TEMPORAL_TLS..., TEMPORAL_API_KEY)"
                            .formatted(what)));
    return TemporalServer.connect(address, Wiring.payloads(), failpoints);
  }

  Home home() {
    String fromEnvironment = around.environment().getOrDefault("TEMPER_HOME", "");
    Path chosen =
        home != null ? home : Path.of(fromEnvironment.isEmpty() ? ".temper" : fromEnvironment);
    return new Home(around.directory().resolve(chosen));
  }

  /** Where artifacts lie: an absolute folder or {@code s3://bucket/prefix}. */
  String store() {
    String fromEnvironment = environment().getOrDefault("TEMPER_STORE", "");
    String chosen = store != null ? store : fromEnvironment;
    if (chosen.isEmpty()) {
      return home().store().normalize().toString();
    }
    try {
      String location = Stores.require(chosen);
      return Stores.isFolder(location)
          ? around.directory().resolve(location).normalize().toString()
          : location;
    } catch (IllegalArgumentException e) {
      throw Refusal.usage((store != null ? "--store: " : "TEMPER_STORE: ") + e.getMessage());
    }
  }

  /** Whether an option or the environment says where artifacts lie. */
  boolean choosesStore() {
    return store != null || !environment().getOrDefault("TEMPER_STORE", "").isEmpty();
  }

  /** The store at a location that {@link #store} or a run.json named. */
  ArtifactStore artifacts(String location) {
    try {
      return Stores.open(location, environment(), cache());
    } catch (IllegalArgumentException e) {
      throw Refusal.usage(e.getMessage()); // a variable of the AWS tools
    }
  }

  /** Where copies of what lies in a remote store are kept. */
  Path cache() {
    String fromEnvironment = environment().getOrDefault("TEMPER_CACHE", "");
    return fromEnvironment.isEmpty()
        ? home().path().resolve("cache")
        : around.directory().resolve(fromEnvironment);
  }

  /** Data of recipes that lies elsewhere. */
  FetchedData fetched() {
    return new FetchedData(
        cache().resolve("data"),
        Map.of(
            "hf", () -> new HuggingFaceData(environment()),
            "s3", () -> new S3Data(environment())));
  }

  /** A path as the user meant it. */
  Path path(Path given) {
    return around.directory().resolve(given);
  }

  /** The folder of a run that was started. */
  RunFolder startedRun(String name) throws IOException {
    return home().started(name).orElseThrow(() -> unknownRun(name));
  }

  /** What run.json of a run says. */
  RunRecord startedRecord(RunFolder folder) throws IOException {
    return folder.record().orElseThrow(() -> unknownRun(folder.name()));
  }

  private Refusal unknownRun(String name) {
    try {
      List<String> names = home().runs().stream().map(RunFolder::name).toList();
      return Refusal.usage(
          "there is no run '%s' in %s%s"
              .formatted(name, home().path().resolve("runs"), KnownNames.hint(name, names)));
    } catch (IOException e) {
      return Refusal.usage("there is no run '%s' (%s)".formatted(name, e.getMessage()));
    }
  }

  static String names(List<String> names) {
    return names.stream().collect(Collectors.joining(", "));
  }
}

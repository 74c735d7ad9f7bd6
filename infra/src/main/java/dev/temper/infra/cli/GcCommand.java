package dev.temper.infra.cli;

import dev.temper.activities.ArtifactStore;
import dev.temper.activities.Holding;
import dev.temper.activities.Place;
import dev.temper.infra.gc.GarbageCollection;
import dev.temper.infra.run.RunFolder;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.temporal.RemoteRun;
import dev.temper.infra.temporal.TemporalServer;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Deletes what nothing in the store refers to. */
@Command(
    name = "gc",
    description = {
      "deletes from the store what no run, pin or manifest refers to",
      "",
      "A run needs its artifacts, and what these were made from, until it is forgotten (--forget); a"
          + " pin (temper pin RUN) keeps them after that. What is younger than --older-than, and"
          + " what somebody writes now, stays."
    })
final class GcCommand implements Callable<Integer> {

  private static final Pattern AGE = Pattern.compile("(\\d{1,6})([smhd])");

  private final TemperCommand root;

  @Option(names = "--dry-run", description = "only list what would be deleted")
  private boolean dryRun;

  @Option(
      names = "--older-than",
      paramLabel = "AGE",
      defaultValue = "24h",
      description = "like 90m, 24h or 7d; default: ${DEFAULT-VALUE}")
  private String olderThan;

  @Option(
      names = "--forget",
      paramLabel = "RUN",
      description =
          "first forget what a run of this home, or of the Temporal server, needs; may be given more"
              + " than once")
  private Set<String> forgotten = Set.of();

  GcCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Duration age = age(olderThan);
    String location = root.store();
    try (ArtifactStore store = root.artifacts(location)) {
      store.probe();
      StoredRuns runs = new StoredRuns(store, location);
      Set<String> roots = new TreeSet<>();
      for (String run : forgotten) {
        requireEnded(run);
        roots.addAll(runs.roots(run, places()));
      }
      GarbageCollection gc = new GarbageCollection(store, Clock.systemUTC().instant(), age, roots);
      List<Holding> garbage = gc.garbage();
      if (!dryRun) {
        gc.forget();
      }
      long bytes = 0;
      int deleted = 0;
      for (Holding holding : garbage) {
        boolean gone = dryRun || gc.delete(holding);
        print(holding, gone);
        if (gone) {
          bytes += holding.bytes();
          deleted++;
        }
      }
      if (!root.json()) {
        root.around()
            .out()
            .printf(
                "%s%d of %d, %d bytes, in %s%n",
                dryRun ? "would delete " : "deleted ", deleted, garbage.size(), bytes, location);
      }
    }
    return ExitCode.OK.number();
  }

  /** Where runs have names that are meant without saying where. */
  private List<Place> places() throws IOException {
    List<Place> places = new ArrayList<>();
    places.add(root.home().place());
    if (root.server().isPresent()) {
      try (TemporalServer server = root.connect("gc --forget")) {
        places.add(server.place());
      }
    }
    return places;
  }

  /** What a live run needs is not garbage, whoever says so. */
  private void requireEnded(String run) throws IOException {
    if (run.contains("@")) {
      return; // of a place that cannot be asked; whoever writes it out knows
    }
    Optional<RunFolder> here = root.home().started(run);
    boolean runsHere = here.isPresent() && here.get().inUse();
    boolean runsThere = false;
    if (root.server().isPresent()) {
      try (TemporalServer server = root.connect("gc --forget")) {
        runsThere =
            new RemoteRun(server.client(), run)
                .status()
                .filter(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING::equals)
                .isPresent();
      }
    } else if (here.isPresent() && startedOnServer(here.get())) {
      throw new Refusal(
          ExitCode.SERVER,
          "run %s belongs to a Temporal server, and none is set: nobody knows whether it still runs"
              .formatted(run));
    }
    if (runsHere || runsThere) {
      throw Refusal.usage("run %s is running; cancel it before it is forgotten".formatted(run));
    }
  }

  private static boolean startedOnServer(RunFolder folder) throws IOException {
    return folder.record().flatMap(RunRecord::server).isPresent();
  }

  private void print(Holding holding, boolean gone) {
    String what = dryRun ? "garbage" : gone ? "deleted" : "in use";
    if (root.json()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("kind", holding.kind().text());
      line.put("key", holding.key());
      line.put("bytes", holding.bytes());
      line.put("changed", holding.changed().toString());
      line.put("state", what);
      new JsonLines(root.around().out()).print(line);
      return;
    }
    root.around()
        .out()
        .printf(
            "%-7s  %-11s  %s  %12d%n", what, holding.kind().text(), holding.key(), holding.bytes());
  }

  private static Duration age(String text) {
    Matcher matcher = AGE.matcher(text);
    if (!matcher.matches()) {
      throw Refusal.usage("--older-than must be like 90m, 24h or 7d, got '%s'".formatted(text));
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }
}

package dev.temper.infra.cli;

import dev.temper.infra.run.RunRecord;
import dev.temper.infra.run.RunStatus;
import dev.temper.infra.temporal.KnownRun;
import dev.temper.infra.temporal.RemoteRun;
import dev.temper.infra.temporal.RunCatalog;
import dev.temper.infra.temporal.TemporalServer;
import dev.temper.workflows.RecipeOutcome;
import dev.temper.workflows.StageState;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowClient;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a server says of runs: those of this home, and those that only it knows. */
final class ListedRuns {

  /** Workflows that are looked at; a server may have years of them. */
  private static final int LIMIT = 1000;

  /** Runs whose stages are asked for, a question to a worker each. */
  private static final int ASKED = 50;

  private final WorkflowClient client;
  private final RunCatalog catalog;
  private boolean answers = true;
  private int asked;

  ListedRuns(TemporalServer server) {
    this.client = server.client();
    this.catalog = new RunCatalog(client);
  }

  /**
   * By name.
   *
   * @param own runs of a server that this home knows
   */
  Map<String, ListedRun> of(List<RunRecord> own) {
    Map<String, KnownRun> known = newest();
    // Lists are a moment behind: what may have changed is looked up.
    known.putAll(
        catalog.of(
            own.stream()
                .filter(
                    record ->
                        record.status() == RunStatus.RUNNING
                            || !known.containsKey(record.run())
                            || known.get(record.run()).endedAt().isEmpty())
                .map(RunRecord::run)
                .toList()));
    Map<String, ListedRun> listed = new LinkedHashMap<>();
    for (RunRecord record : own) {
      KnownRun run = known.remove(record.run());
      if (run != null) {
        listed.put(record.run(), listed(run, Optional.of(record)));
      }
    }
    known.forEach((name, run) -> listed.put(name, listed(run, Optional.empty())));
    return listed;
  }

  /** Who may not list can still ask for a run by its name. */
  private Map<String, KnownRun> newest() {
    try {
      return catalog.newest(LIMIT);
    } catch (StatusRuntimeException e) {
      return switch (e.getStatus().getCode()) {
        case PERMISSION_DENIED, UNIMPLEMENTED, INVALID_ARGUMENT -> new LinkedHashMap<>();
        default -> throw e;
      };
    }
  }

  private ListedRun listed(KnownRun run, Optional<RunRecord> record) {
    return new ListedRun(
        run.run(),
        run.recipe().or(() -> record.map(RunRecord::recipe)).orElse("?"),
        run.status().text(),
        record.map(RunRecord::startedAt).orElseGet(() -> run.startedAt().toString()),
        run.endedAt().map(Instant::toString),
        share(run, record),
        record.isPresent() ? "" : "on the server, not in this home");
  }

  private String share(KnownRun run, Optional<RunRecord> record) {
    boolean open = run.endedAt().isEmpty();
    boolean current = record.filter(seen -> seen.status() == run.status()).isPresent();
    Optional<Map<String, StageState>> stages = Optional.empty();
    if (open || (record.isPresent() && !current)) {
      stages = stages(run, open);
    }
    return stages
        .map(ListedRuns::share)
        .or(() -> record.filter(seen -> current).map(FolderView::share))
        .orElse("?");
  }

  private Optional<Map<String, StageState>> stages(KnownRun run, boolean open) {
    if (!answers || asked >= ASKED) {
      return Optional.empty();
    }
    asked++;
    RemoteRun remote = new RemoteRun(client, run.run());
    try {
      if (!open) {
        return remote.outcome().map(RecipeOutcome::stages);
      }
      Optional<Map<String, StageState>> stages = remote.look().stages();
      answers = stages.isPresent();
      return stages;
    } catch (StatusRuntimeException e) {
      answers = false;
      return Optional.empty();
    }
  }

  private static String share(Map<String, StageState> stages) {
    long finished =
        stages.values().stream()
            .filter(stage -> stage.status() == StageState.Status.FINISHED)
            .count();
    return finished + "/" + stages.size();
  }
}

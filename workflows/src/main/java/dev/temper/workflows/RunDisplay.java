package dev.temper.workflows;

import dev.temper.workflows.StageState.Status;
import io.temporal.common.SearchAttributeUpdate;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the service shows of a run: attributes to find it by, and a table of its stages. */
final class RunDisplay {

  private final boolean searchable;
  private String status;
  private List<String> running = List.of();

  /**
   * Writes nothing yet.
   *
   * @param searchable whether the service knows the attributes
   */
  RunDisplay(boolean searchable) {
    this.searchable = searchable;
  }

  /** Says who this is; the client said so too, but not to the executions that continue. */
  void begin(RecipeRun run, RunLinks links) {
    if (!searchable) {
      return;
    }
    List<SearchAttributeUpdate<?>> updates = new ArrayList<>();
    updates.add(SearchKeys.RUN.valueSet(run.run()));
    updates.add(SearchKeys.RECIPE.valueSet(run.recipe().name()));
    updates.add(SearchKeys.EXPERIMENT.valueSet(run.recipe().name()));
    String tracked = links.links().get(RunLinks.MLFLOW_RUN);
    if (tracked != null) {
      updates.add(SearchKeys.MLFLOW_RUN.valueSet(tracked));
    }
    upsert(updates);
  }

  /** Tells what is new; an event in the history only where an attribute changes. */
  void show(String now, Map<String, StageState> states) {
    Workflow.setCurrentDetails(table(now, states));
    if (!searchable) {
      return;
    }
    List<SearchAttributeUpdate<?>> updates = new ArrayList<>();
    if (!now.equals(status)) {
      status = now;
      updates.add(SearchKeys.STATUS.valueSet(now));
    }
    List<String> runningNow =
        states.entrySet().stream()
            .filter(state -> state.getValue().status() == Status.RUNNING)
            .map(Map.Entry::getKey)
            .toList();
    if (!runningNow.equals(running)) {
      running = runningNow;
      updates.add(
          running.isEmpty() ? SearchKeys.STAGE.valueUnset() : SearchKeys.STAGE.valueSet(running));
    }
    upsert(updates);
  }

  private static void upsert(List<SearchAttributeUpdate<?>> updates) {
    if (!updates.isEmpty()) {
      Workflow.upsertTypedSearchAttributes(updates.toArray(new SearchAttributeUpdate<?>[0]));
    }
  }

  private static String table(String now, Map<String, StageState> states) {
    StringBuilder table = new StringBuilder();
    table.append("Run is **").append(now).append("**\n\n| stage | status | |\n|---|---|---|\n");
    states.forEach(
        (name, state) ->
            table
                .append("| ")
                .append(name)
                .append(" | ")
                .append(state.status().name().toLowerCase(Locale.ROOT))
                .append(" | ")
                .append(remark(state))
                .append(" |\n"));
    return table.toString();
  }

  private static String remark(StageState state) {
    if (state.failure().isPresent()) {
      String text = state.failure().get().type() + ": " + state.failure().get().message();
      return text.replace("|", "\\|").replace('\n', ' ');
    }
    return state
        .result()
        .map(
            result ->
                result.cached()
                    ? "found"
                    : "%d steps, last attempt %.0f s".formatted(result.steps(), result.seconds()))
        .orElse("");
  }
}

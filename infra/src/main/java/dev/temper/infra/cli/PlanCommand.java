package dev.temper.infra.cli;

import dev.temper.activities.ArtifactStore;
import dev.temper.infra.Wiring;
import dev.temper.infra.recipe.CachedStages;
import dev.temper.infra.recipe.Estimate;
import dev.temper.infra.recipe.PinnedRecipe;
import dev.temper.infra.recipe.Preflight;
import dev.temper.infra.recipe.TrainedRows;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.Stage;
import dev.temper.recipes.StageInputs;
import dev.temper.recipes.StageKinds;
import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what a run would do, without doing it. */
@Command(
    name = "plan",
    description = "shows the stages, what is cached, what will run, what it costs, and the data")
final class PlanCommand implements Callable<Integer> {

  private final TemperCommand root;

  @Mixin private RecipeOptions recipe;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "2",
      description = "rows of data to show per stage; default: ${DEFAULT-VALUE}")
  private int rows;

  PlanCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    PinnedRecipe pinned = recipe.read(root);
    Preflight.data(pinned);
    Map<String, CachedStages.State> cached = cached(pinned);
    Map<String, Estimate> estimates = Estimate.of(pinned.recipe());
    List<TrainedRows> trained = TrainedRows.of(pinned, rows);
    if (root.json()) {
      printJson(pinned.recipe(), cached, estimates, trained);
      return ExitCode.OK.number();
    }
    printStages(pinned.recipe(), cached, estimates);
    printTotals(pinned.recipe(), cached, estimates);
    if (rows > 0) {
      printRows(trained);
    }
    return ExitCode.OK.number();
  }

  private Map<String, CachedStages.State> cached(PinnedRecipe pinned) throws IOException {
    try (ArtifactStore store = root.artifacts(root.store())) {
      return CachedStages.of(pinned.recipe(), Wiring.identities(), store);
    }
  }

  private void printJson(
      Recipe read,
      Map<String, CachedStages.State> cached,
      Map<String, Estimate> estimates,
      List<TrainedRows> trained) {
    JsonLines lines = new JsonLines(root.around().out());
    for (Stage stage : read.stages()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("stage", stage.name());
      line.put("kind", StageKinds.of(stage.spec()));
      line.put("inputs", inputs(stage));
      line.put("state", cached.get(stage.name()).text());
      cached.get(stage.name()).key().ifPresent(key -> line.put("artifact", key));
      line.put("estimate", estimates.get(stage.name()));
      trained.stream()
          .filter(rows -> rows.stage().equals(stage.name()))
          .forEach(rows -> line.put("data", rows.numbers()));
      lines.print(line);
    }
  }

  private void printStages(
      Recipe read, Map<String, CachedStages.State> cached, Map<String, Estimate> estimates) {
    PrintStream out = root.around().out();
    int width = read.stages().stream().mapToInt(stage -> stage.name().length()).max().orElse(1);
    out.printf(
        "%-" + width + "s  %-18s  %-12s  %9s  %9s  %8s  %s%n",
        "stage",
        "kind",
        "state",
        "trained",
        "sampled",
        "memory",
        "from");
    for (Stage stage : read.stages()) {
      Estimate estimate = estimates.get(stage.name());
      out.printf(
          "%-" + width + "s  %-18s  %-12s  %9s  %9s  %8s  %s%n",
          stage.name(),
          StageKinds.of(stage.spec()),
          cached.get(stage.name()).text(),
          count(estimate.trainedTokens()),
          count(estimate.sampledTokens()),
          Estimate.bytes(estimate.memoryBytes()),
          String.join(", ", inputs(stage)));
    }
  }

  private void printTotals(
      Recipe read, Map<String, CachedStages.State> cached, Map<String, Estimate> estimates) {
    List<Estimate> toRun =
        read.stages().stream()
            .filter(stage -> !cached.get(stage.name()).isCached())
            .map(stage -> estimates.get(stage.name()))
            .toList();
    root.around()
        .out()
        .printf(
            "%n%d of %d stages to run: at most %s tokens trained and %s sampled, about %s on disk%n",
            toRun.size(),
            read.stages().size(),
            count(toRun.stream().mapToLong(Estimate::trainedTokens).sum()),
            count(toRun.stream().mapToLong(Estimate::sampledTokens).sum()),
            Estimate.bytes(toRun.stream().mapToLong(Estimate::diskBytes).sum()));
  }

  private void printRows(List<TrainedRows> trained) {
    PrintStream out = root.around().out();
    for (TrainedRows rows : trained) {
      out.printf("%n%s: %s%n", rows.stage(), rows.counts());
      rows.first().forEach(row -> out.println("  " + row));
    }
  }

  private static List<String> inputs(Stage stage) {
    return StageInputs.of(stage.spec()).stream().map(input -> input.text()).toList();
  }

  private static String count(long tokens) {
    if (tokens == 0) {
      return "-";
    }
    return tokens >= 1_000_000
        ? String.format(Locale.ROOT, "%.1f M", tokens / 1e6)
        : String.format(Locale.ROOT, "%.0f k", Math.max(1, tokens / 1e3));
  }
}

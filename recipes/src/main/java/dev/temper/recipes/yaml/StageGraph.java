package dev.temper.recipes.yaml;

import dev.temper.recipes.NearestName;
import dev.temper.recipes.Product;
import dev.temper.recipes.Stage;
import dev.temper.recipes.StageKinds;
import dev.temper.recipes.StageOutputs;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Stages and what they read from each other: checks every hand-over and puts them in order. */
final class StageGraph {

  private static final int SHOWN = 6;

  private final Map<String, Location> declared;
  private final Map<String, Stage> stages;
  private final List<InputUse> uses;
  private final List<Problem> problems;

  /**
   * @param declared where each stage stands, also those that could not be read
   * @param stages those that could
   */
  StageGraph(
      Map<String, Location> declared,
      Map<String, Stage> stages,
      List<InputUse> uses,
      List<Problem> problems) {
    this.declared = declared;
    this.stages = stages;
    this.uses = uses;
    this.problems = problems;
  }

  /** Notes inputs that no stage gives, or that are something else. */
  void checkInputs() {
    Set<Location> reported = new HashSet<>();
    for (InputUse use : uses) {
      Optional<String> problem = problem(use);
      // A default that repeats another key stands at the same place: once is enough.
      if (problem.isPresent() && (use.location().line() == 0 || reported.add(use.location()))) {
        problems.add(use.location().problem(use.path(), problem.get()));
      }
    }
  }

  private Optional<String> problem(InputUse use) {
    String name = use.input().stage();
    if (!declared.containsKey(name)) {
      return Optional.of(
          "must be a stage, got '%s'; stages are %s%s"
              .formatted(name, declared.keySet(), NearestName.hint(name, declared.keySet())));
    }
    return Optional.ofNullable(stages.get(name)).flatMap(stage -> problem(use, stage));
  }

  private static Optional<String> problem(InputUse use, Stage stage) {
    Map<String, Product> outputs = StageOutputs.of(stage.spec());
    Product product = outputs.get(use.input().output());
    if (product == null) {
      return Optional.of(noSuchOutput(use, stage, outputs.keySet()));
    }
    return product.fits(use.expected())
        ? Optional.empty()
        : Optional.of(
            "must be %s, got '%s', which is %s"
                .formatted(use.expected().words(), use.input().text(), product.words()));
  }

  private static String noSuchOutput(InputUse use, Stage stage, Collection<String> outputs) {
    String kind = StageKinds.of(stage.spec());
    String output = use.input().output();
    List<String> named = outputs.stream().filter(name -> !name.isEmpty()).toList();
    String has =
        named.isEmpty()
            ? "its only output is '%s'".formatted(stage.name())
            : named.get(0).startsWith("@")
                ? "its snapshots are %s".formatted(shortened(named))
                : "its outputs are %s".formatted(named);
    if (output.isEmpty()) {
      return "must name an output of %s stage '%s', as in '%s.%s': %s"
          .formatted(kind, stage.name(), stage.name(), named.get(0), has);
    }
    return "must be an output that %s stage '%s' has, got '%s'; %s%s"
        .formatted(kind, stage.name(), use.input().text(), has, hint(output, named));
  }

  private static String hint(String output, List<String> named) {
    return output.startsWith("@") ? "" : NearestName.hint(output, named);
  }

  private static String shortened(List<String> grid) {
    return grid.size() <= SHOWN
        ? String.join(", ", grid)
        : String.join(", ", grid.subList(0, SHOWN - 2)) + ", ..., " + grid.get(grid.size() - 1);
  }

  /** Stages so that inputs come first, otherwise as written. A cycle is noted and left as it is. */
  List<Stage> inOrder() {
    Map<String, Set<String>> waitsFor = waitsFor();
    List<String> order = new ArrayList<>();
    Optional<String> next = ready(waitsFor, order);
    while (next.isPresent()) {
      order.add(next.get());
      next = ready(waitsFor, order);
    }
    if (order.size() < declared.size()) {
      reportCycle(waitsFor, order);
    }
    return order.stream().filter(stages::containsKey).map(stages::get).toList();
  }

  private Map<String, Set<String>> waitsFor() {
    Map<String, Set<String>> waitsFor = new LinkedHashMap<>();
    declared.keySet().forEach(name -> waitsFor.put(name, new LinkedHashSet<>()));
    uses.stream()
        .filter(use -> declared.containsKey(use.input().stage()))
        .forEach(use -> waitsFor.get(use.stage()).add(use.input().stage()));
    return waitsFor;
  }

  private static Optional<String> ready(Map<String, Set<String>> waitsFor, List<String> done) {
    return waitsFor.keySet().stream()
        .filter(name -> !done.contains(name) && done.containsAll(waitsFor.get(name)))
        .findFirst();
  }

  /** From any stage that is left, following inputs that are left must come back to itself. */
  private void reportCycle(Map<String, Set<String>> waitsFor, List<String> done) {
    List<String> path = new ArrayList<>();
    String at = waitsFor.keySet().stream().filter(n -> !done.contains(n)).findFirst().orElseThrow();
    while (!path.contains(at)) {
      path.add(at);
      at = waitsFor.get(at).stream().filter(n -> !done.contains(n)).findFirst().orElseThrow();
    }
    List<String> cycle = new ArrayList<>(path.subList(path.indexOf(at), path.size()));
    cycle.add(at);
    problems.add(
        declared
            .get(at)
            .problem("stages." + at, "waits for itself: " + String.join(" <- ", cycle)));
  }
}

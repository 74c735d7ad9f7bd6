package dev.temper.recipes.yaml;

import dev.temper.recipes.MethodCatalog;
import dev.temper.recipes.NearestName;
import dev.temper.recipes.Numerics;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.Stage;
import dev.temper.recipes.StageKinds;
import dev.temper.recipes.StageSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a recipe: defaults filled in, methods resolved, stages in order.
 *
 * <p>Nothing is half-read: a recipe with any problem is refused, with all of its problems at once
 * and the place of each.
 */
public final class RecipeReader {

  private static final Set<String> ROOT_KEYS =
      Set.of("name", "description", "seed", "numerics", "stages");
  private static final List<String> STAGE_KEYS =
      List.of("queue", "resources", "checkpointEverySteps", "retry", "gate", "timeouts", "seedOf");

  private final MethodCatalog catalog;

  public RecipeReader(MethodCatalog catalog) {
    this.catalog = catalog;
  }

  /**
   * A text that recipes come from.
   *
   * @param name shown in messages, usually the path of the file
   */
  public record Source(String name, String text) {}

  /** A recipe as written. */
  public Recipe read(String name, String yaml) {
    return read(new Source(name, yaml), List.of(), List.of());
  }

  /**
   * A recipe with changes on top.
   *
   * @param overlays laid over it in order: maps are merged, all else is replaced
   * @param assignments {@code key.key=value} as given to {@code --set}, applied last
   * @throws RecipeException with every problem
   */
  public Recipe read(Source recipe, List<Source> overlays, List<String> assignments) {
    List<Problem> problems = new ArrayList<>();
    Optional<YamlNode.Mapping> root = root(recipe, problems);
    for (Source overlay : overlays) {
      Optional<YamlNode.Mapping> top = root(overlay, problems);
      root = root.flatMap(base -> top.map(over -> (YamlNode.Mapping) TreeMerge.over(base, over)));
    }
    for (String assignment : assignments) {
      Optional<Assignment> override = Assignment.parse(assignment, problems);
      root = root.map(base -> override.map(set -> set.apply(base, problems)).orElse(base));
    }
    Optional<Recipe> read = root.flatMap(map -> new Reading(problems).recipe(map));
    if (!problems.isEmpty()) {
      throw new RecipeException(recipe.name(), inOrder(problems, recipe, overlays));
    }
    return read.orElseThrow();
  }

  private static Optional<YamlNode.Mapping> root(Source source, List<Problem> problems) {
    Optional<YamlNode> node = YamlTree.read(source.name(), source.text(), problems);
    node.filter(root -> !(root instanceof YamlNode.Mapping))
        .ifPresent(
            root ->
                problems.add(
                    root.location().problem("", "must be a map, got %s".formatted(root.shown()))));
    return node.filter(YamlNode.Mapping.class::isInstance).map(YamlNode.Mapping.class::cast);
  }

  private static List<Problem> inOrder(
      List<Problem> problems, Source recipe, List<Source> overlays) {
    List<String> sources = new ArrayList<>(List.of(recipe.name()));
    overlays.forEach(overlay -> sources.add(overlay.name()));
    Set<Object> seen = new HashSet<>();
    return problems.stream()
        .filter(problem -> seen.add(sameProblem(problem)))
        .sorted(
            Comparator.comparingInt(
                    (Problem p) ->
                        sources.contains(p.source()) ? sources.indexOf(p.source()) : sources.size())
                .thenComparingInt(Problem::line)
                .thenComparingInt(Problem::column))
        .toList();
  }

  /** A default that repeats another key, such as the recipe's numerics, has the same problems. */
  private static Object sameProblem(Problem p) {
    String key = p.path().substring(p.path().lastIndexOf('.') + 1);
    return List.of(p.source(), p.line(), p.column(), key, p.message());
  }

  /** One reading, with the problems found so far. */
  private final class Reading {
    private final List<Problem> problems;
    private final Binder binder;
    private final Map<String, Location> declared = new LinkedHashMap<>();
    private final Map<String, Stage> stages = new LinkedHashMap<>();

    Reading(List<Problem> problems) {
      this.problems = problems;
      this.binder = new Binder(catalog, problems);
    }

    Optional<Recipe> recipe(YamlNode.Mapping root) {
      Optional<RecipeSettings> settings =
          binder.record(
              RecipeSettings.class,
              root.without("stages").without("numerics"),
              "",
              new Scope(root, 0, ""),
              root.location(),
              ROOT_KEYS);
      long seed = settings.map(RecipeSettings::seed).orElse(0L);
      stages(root, new Scope(root, seed, ""));
      StageGraph graph = new StageGraph(declared, stages, binder.uses(), problems);
      graph.checkInputs();
      List<Stage> ordered = graph.inOrder();
      return settings.map(known -> new Recipe(known.name(), known.seed(), ordered));
    }

    private void stages(YamlNode.Mapping root, Scope scope) {
      YamlNode node = root.get("stages").orElse(YamlNode.Mapping.empty(root.location()));
      if (!(node instanceof YamlNode.Mapping map) || map.entries().isEmpty()) {
        problems.add(
            node.location()
                .problem("stages", "must be a map of at least one stage, got " + node.shown()));
        return;
      }
      map.entries().forEach((name, entry) -> declare(name, entry, map, scope));
      map.entries().forEach((name, entry) -> stage(name, entry, scope.in(name)));
    }

    /** All names first, so that a stage may read from one that is written after it. */
    private void declare(String name, YamlNode.Entry entry, YamlNode.Mapping all, Scope scope) {
      String path = "stages." + name;
      if (!SpecFields.NAME.holds().test(name)) {
        problems.add(
            entry
                .key()
                .problem(
                    path,
                    "must be named with %s, got '%s'".formatted(SpecFields.NAME.words(), name)));
      }
      Optional<String> inFront = split(name, entry, scope).map(InlineRollouts.Split::name);
      if (inFront.isPresent() && all.get(inFront.get()).isPresent()) {
        problems.add(
            entry
                .key()
                .problem(
                    path,
                    "needs the name '%s' for its rollouts; say 'rollouts: %s' to use that stage"
                        .formatted(inFront.get(), inFront.get())));
      } else {
        inFront.ifPresent(rollouts -> declared.put(rollouts, entry.key()));
      }
      declared.put(name, entry.key());
    }

    private Optional<InlineRollouts.Split> split(String name, YamlNode.Entry entry, Scope scope) {
      return entry.value() instanceof YamlNode.Mapping map
          ? InlineRollouts.of(name, map, scope)
          : Optional.empty();
    }

    private void stage(String name, YamlNode.Entry entry, Scope scope) {
      String path = "stages." + name;
      if (!(entry.value() instanceof YamlNode.Mapping map)) {
        problems.add(
            entry
                .value()
                .location()
                .problem(path, "must be a map, got %s".formatted(entry.value().shown())));
        return;
      }
      Optional<InlineRollouts.Split> split = split(name, entry, scope);
      split.ifPresent(
          both -> read(both.name(), both.rollouts(), path, scope.in(both.name()), entry.key()));
      YamlNode.Mapping own = split.map(InlineRollouts.Split::selection).orElse(map);
      read(name, own, path, scope, entry.key());
    }

    private void read(String name, YamlNode.Mapping map, String path, Scope scope, Location owner) {
      YamlNode.Mapping settings = YamlNode.Mapping.empty(map.location());
      YamlNode.Mapping spec = map.without("kind");
      for (String key : STAGE_KEYS) {
        YamlNode.Entry entry = map.entries().get(key);
        if (entry != null) {
          settings = settings.with(key, entry);
          spec = spec.without(key);
        }
      }
      Optional<StageSettings> around =
          binder.record(
              StageSettings.class, withQueue(settings, path), path, scope, owner, Set.of());
      Optional<? extends StageSpec> read = spec(map, spec, path, seeds(map, path, scope), owner);
      if (around.isPresent() && read.isPresent()) {
        StageSettings s = around.get();
        stages.put(
            name,
            new Stage(
                name,
                read.get(),
                queue(s, read.get()),
                s.checkpointEverySteps(),
                s.retry(),
                s.gate(),
                s.timeouts()));
      }
    }

    /** A stage that needs an accelerator and names no queue waits for a worker that has one. */
    private static String queue(StageSettings settings, StageSpec spec) {
      return settings.queue().isEmpty() && spec.numerics().device().equals(Numerics.CUDA)
          ? Stage.ACCELERATED
          : settings.queue();
    }

    /** Where the seed is derived from: this stage's name, or that of {@code seedOf}. */
    private Scope seeds(YamlNode.Mapping map, String path, Scope scope) {
      Optional<String> other = map.text("seedOf");
      if (other.isEmpty()) {
        return scope;
      }
      Location place = map.get("seedOf").orElseThrow().location();
      if (map.get("seed").isPresent()) {
        problems.add(place.problem(path + ".seedOf", "must not stand beside seed"));
      }
      if (!declared.containsKey(other.get())) {
        problems.add(
            place.problem(
                path + ".seedOf",
                "must be a stage of this recipe, got '%s'%s"
                    .formatted(other.get(), NearestName.hint(other.get(), declared.keySet()))));
      }
      return scope.in(other.get());
    }

    private Optional<? extends StageSpec> spec(
        YamlNode.Mapping map, YamlNode.Mapping spec, String path, Scope scope, Location owner) {
      Optional<String> kind = map.text("kind");
      Set<String> kinds = StageKinds.types().keySet();
      Class<? extends StageSpec> type = kind.map(StageKinds.types()::get).orElse(null);
      if (type == null) {
        Location place = map.get("kind").map(YamlNode::location).orElse(owner);
        problems.add(
            place.problem(
                path + ".kind",
                kind.map(
                        wrong ->
                            "must be one of %s, got '%s'%s"
                                .formatted(kinds, wrong, NearestName.hint(wrong, kinds)))
                    .orElse("is missing; it is one of %s".formatted(kinds))));
        return Optional.empty();
      }
      Set<String> alsoKnown = new LinkedHashSet<>(STAGE_KEYS);
      return binder.record(type, spec, path, scope, owner, alsoKnown);
    }

    /** {@code resources: {queue: gpu}} is another way to write {@code queue: gpu}. */
    private YamlNode.Mapping withQueue(YamlNode.Mapping settings, String path) {
      Optional<YamlNode> resources = settings.get("resources");
      YamlNode.Mapping rest = settings.without("resources");
      if (resources.isEmpty()) {
        return rest;
      }
      if (!(resources.get() instanceof YamlNode.Mapping map)
          || !new HashSet<>(map.keys()).equals(Set.of("queue"))) {
        problems.add(
            resources
                .get()
                .location()
                .problem(
                    path + ".resources",
                    "must be a map with key queue, got %s".formatted(resources.get().shown())));
        return rest;
      }
      return rest.with("queue", map.entries().get("queue"));
    }
  }
}

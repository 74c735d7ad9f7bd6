package dev.temper.infra.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.temper.recipes.Input;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.Stage;
import dev.temper.recipes.StageInputs;
import dev.temper.recipes.StageOutputs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a new run leaves the way of an older one: {@code RUN@STAGE} or {@code RUN@STAGE:STEP}.
 *
 * <p>Nothing is copied. The new run has the old one's recipe, so that every stage before the fork
 * is found in the store by its key. With a step, the old stage stays in the new recipe under
 * another name, and the stage goes on from its snapshot.
 *
 * @param step of a snapshot that the stage keeps; empty to start the stage as it was started
 */
public record Fork(String run, String stage, Optional<Long> step) {

  private static final Pattern TEXT = Pattern.compile("([^@:]+)@([^@:]+)(?::(\\d{1,12}))?");
  private static final String ORIGIN = "-origin";

  /** As it stands on the command line. */
  public static Fork parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "--fork must be RUN@STAGE or RUN@STAGE:STEP, got '%s'".formatted(text));
    }
    return new Fork(
        matcher.group(1),
        matcher.group(2),
        Optional.ofNullable(matcher.group(3)).map(Long::parseLong));
  }

  /**
   * The recipe of the new run before anything else is changed in it.
   *
   * @param recipe of the old run
   * @param yaml the same as text
   * @throws IllegalArgumentException if there is no such stage or snapshot
   */
  public String yaml(Recipe recipe, String yaml) {
    Stage forked =
        recipe.stages().stream()
            .filter(known -> known.name().equals(stage))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "run %s has no stage '%s'; it has %s"
                            .formatted(
                                run, stage, recipe.stages().stream().map(Stage::name).toList())));
    if (step.isEmpty()) {
      return yaml;
    }
    List<Long> kept =
        StageOutputs.of(forked.spec()).keySet().stream()
            .filter(output -> output.startsWith("@"))
            .map(output -> Long.parseLong(output.substring(1)))
            .sorted()
            .toList();
    if (!kept.contains(step.get())) {
      throw new IllegalArgumentException(
          kept.isEmpty()
              ? "stage '%s' of run %s keeps no snapshots, so it cannot be forked at a step"
                  .formatted(stage, run)
              : "step %d of stage '%s' of run %s is not kept; there are %s"
                  .formatted(step.get(), stage, run, kept));
    }
    return withOrigin(yaml);
  }

  private String withOrigin(String yaml) {
    YAMLMapper mapper =
        YAMLMapper.builder().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER).build();
    try {
      ObjectNode recipe = (ObjectNode) mapper.readTree(yaml);
      String origin = freeName(recipe.get("stages"));
      ObjectNode stages = mapper.createObjectNode();
      for (Map.Entry<String, JsonNode> known : recipe.get("stages").properties()) {
        ObjectNode settings = (ObjectNode) known.getValue();
        if (known.getKey().equals(stage)) {
          stages.set(origin, settings.deepCopy());
          settings.put("init", "%s@%d".formatted(origin, step.orElseThrow()));
        }
        stages.set(known.getKey(), settings);
      }
      recipe.set("stages", stages);
      return mapper.writeValueAsString(recipe);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a resolved recipe must be readable", e);
    }
  }

  /** What is forked may have come from a fork itself. */
  private String freeName(JsonNode stages) {
    String name = stage + ORIGIN;
    for (int number = 2; stages.has(name); number++) {
      name = stage + ORIGIN + "-" + number;
    }
    return name;
  }

  /**
   * Stages that must be as they were and are not: those that neither are the forked one nor depend
   * on it.
   *
   * @param before what {@link #yaml} says
   */
  public List<String> offending(Recipe before, Recipe after) {
    Set<String> free = dependents(after);
    free.addAll(dependents(before));
    Map<String, Stage> known = byName(before);
    Map<String, Stage> now = byName(after);
    Set<String> names = new LinkedHashSet<>(known.keySet());
    names.addAll(now.keySet());
    List<String> offending = new ArrayList<>();
    for (String name : names) {
      boolean same =
          known.containsKey(name)
              && now.containsKey(name)
              && known.get(name).spec().equals(now.get(name).spec());
      if (!same && !free.contains(name)) {
        offending.add(name);
      }
    }
    return offending;
  }

  /** The forked stage and all that reads, directly or not, what it makes. */
  private Set<String> dependents(Recipe recipe) {
    Set<String> found = new LinkedHashSet<>(Set.of(stage));
    for (Stage later : recipe.stages()) {
      for (Input input : StageInputs.of(later.spec())) {
        if (found.contains(input.stage())) {
          found.add(later.name());
        }
      }
    }
    return found;
  }

  private static Map<String, Stage> byName(Recipe recipe) {
    Map<String, Stage> stages = new HashMap<>();
    recipe.stages().forEach(known -> stages.put(known.name(), known));
    return stages;
  }
}

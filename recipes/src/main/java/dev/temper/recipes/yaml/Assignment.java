package dev.temper.recipes.yaml;

import dev.temper.recipes.NearestName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One {@code --set path=value}: the path of keys as in messages, the value as in YAML.
 *
 * @param option as the user typed it, shown instead of a file name
 */
record Assignment(String option, List<String> path, YamlNode value) {

  private static final Pattern INDEX = Pattern.compile("\\d{1,6}");

  /** Reads {@code a.b=c}; empty, with a problem noted, where it has no such form. */
  static Optional<Assignment> parse(String assignment, List<Problem> problems) {
    Location place = Location.option("--set " + assignment);
    int equals = assignment.indexOf('=');
    if (equals <= 0) {
      problems.add(place.problem("", "must be key.key=value, got '%s'".formatted(assignment)));
      return Optional.empty();
    }
    String value = assignment.substring(equals + 1);
    Optional<YamlNode> node =
        value.isBlank()
            ? Optional.of(new YamlNode.Scalar("", false, place))
            : YamlTree.read(value, place, problems);
    List<String> path = List.of(assignment.substring(0, equals).trim().split("\\.", -1));
    return node.map(read -> new Assignment(place.source(), path, read));
  }

  /** The tree with this value in it. Unknown keys are found later, with all others. */
  YamlNode.Mapping apply(YamlNode.Mapping root, List<Problem> problems) {
    YamlNode changed = set(root, 0, problems);
    return changed instanceof YamlNode.Mapping mapping ? mapping : root;
  }

  private YamlNode set(YamlNode node, int depth, List<Problem> problems) {
    if (depth == path.size()) {
      return value;
    }
    if (node instanceof YamlNode.Mapping mapping) {
      return setKey(mapping, depth, problems);
    }
    if (node instanceof YamlNode.Items items) {
      return setItem(items, depth, problems);
    }
    refuse(problems, depth, "is %s, not a map; set it as a whole".formatted(node.shown()));
    return node;
  }

  private YamlNode setKey(YamlNode.Mapping mapping, int depth, List<Problem> problems) {
    String key = path.get(depth);
    boolean newStage = depth == 1 && path.get(0).equals("stages") && path.size() > 2;
    if (newStage && mapping.get(key).isEmpty()) {
      String hint = NearestName.hint(key, mapping.keys());
      refuse(
          problems,
          depth + 1,
          "is not a stage; the stages are %s%s".formatted(mapping.keys(), hint));
      return mapping;
    }
    YamlNode before = mapping.get(key).orElse(YamlNode.Mapping.empty(value.location()));
    YamlNode after = set(before, depth + 1, problems);
    return mapping.with(key, new YamlNode.Entry(value.location(), after));
  }

  private YamlNode setItem(YamlNode.Items items, int depth, List<Problem> problems) {
    String index = path.get(depth);
    if (!INDEX.matcher(index).matches() || Integer.parseInt(index) >= items.items().size()) {
      refuse(
          problems,
          depth,
          "is a list of %d, '%s' is not an index in it".formatted(items.items().size(), index));
      return items;
    }
    List<YamlNode> changed = new ArrayList<>(items.items());
    int i = Integer.parseInt(index);
    changed.set(i, set(changed.get(i), depth + 1, problems));
    return new YamlNode.Items(changed, items.location());
  }

  private void refuse(List<Problem> problems, int depth, String message) {
    problems.add(value.location().problem(String.join(".", path.subList(0, depth)), message));
  }
}

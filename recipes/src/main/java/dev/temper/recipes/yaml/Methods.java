package dev.temper.recipes.yaml;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.Method;
import dev.temper.recipes.MethodCatalog;
import dev.temper.recipes.NearestName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks the methods of a recipe against the catalog, and has their defaults filled in. */
final class Methods {

  /** Family of the generators of rows. */
  static final String SYNTHETIC = "synthetic";

  private final MethodCatalog catalog;
  private final List<MethodCatalog.Entry> entries;
  private final List<Problem> problems;

  Methods(MethodCatalog catalog, List<Problem> problems) {
    this.catalog = catalog;
    this.entries = catalog.entries();
    this.problems = problems;
  }

  /** The method with its defaults; as written, with a problem noted, where it is refused. */
  Method resolve(String family, Method method, YamlNode.Mapping map, String path) {
    return resolve(family, method, "name", fieldNames(Method.class), map, path);
  }

  /** The generator with its defaults; as written, with a problem noted, where it is refused. */
  DataSource.Synthetic resolve(DataSource.Synthetic source, YamlNode.Mapping map, String path) {
    Method generator = new Method(source.synthetic(), source.parameters());
    List<String> keys = fieldNames(DataSource.Synthetic.class);
    return new DataSource.Synthetic(
        source.synthetic(),
        source.from(),
        source.rows(),
        source.seed(),
        resolve(SYNTHETIC, generator, "synthetic", keys, map, path).parameters());
  }

  /**
   * @param nameKey key that holds the name
   * @param keys that are no parameters
   */
  private Method resolve(
      String family,
      Method method,
      String nameKey,
      List<String> keys,
      YamlNode.Mapping map,
      String path) {
    List<MethodCatalog.Entry> known = of(entries, family);
    Optional<MethodCatalog.Entry> entry =
        known.stream().filter(e -> e.name().equals(method.name())).findFirst();
    if (entry.isEmpty()) {
      List<String> names = known.stream().map(MethodCatalog.Entry::name).toList();
      problems.add(
          valuePlace(nameKey, map)
              .problem(
                  path,
                  "must be one of %s, got '%s'%s"
                      .formatted(names, method.name(), NearestName.hint(method.name(), names))));
      return method;
    }
    int before = problems.size();
    refuseUnknown(entry.get(), method, keys, map, path);
    return problems.size() == before ? complete(family, method, map, path) : method;
  }

  private void refuseUnknown(
      MethodCatalog.Entry entry,
      Method method,
      List<String> keys,
      YamlNode.Mapping map,
      String path) {
    List<String> known = new ArrayList<>(keys);
    known.addAll(entry.parameters().keySet().stream().sorted().toList());
    method.parameters().keySet().stream()
        .filter(name -> !entry.parameters().containsKey(name))
        .forEach(
            name ->
                problems.add(
                    keyPlace(name, map)
                        .problem(
                            Binder.child(path, name),
                            "is not a known key of %s '%s'%s"
                                .formatted(
                                    entry.family(),
                                    entry.name(),
                                    Binder.hintOrList(name, known)))));
  }

  private Method complete(String family, Method method, YamlNode.Mapping map, String path) {
    try {
      return catalog.resolve(family, method);
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      Location place =
          parameterIn(message, method).map(name -> keyPlace(name, map)).orElse(map.location());
      problems.add(place.problem(path, "is refused: " + message));
      return method;
    }
  }

  static List<MethodCatalog.Entry> of(List<MethodCatalog.Entry> entries, String family) {
    return entries.stream().filter(entry -> entry.family().equals(family)).toList();
  }

  private static List<String> fieldNames(Class<?> type) {
    return SpecFields.of(type).stream()
        .map(Field::name)
        .filter(name -> !name.equals(Binder.REST))
        .toList();
  }

  /** The parameter that a message speaks of first. */
  private static Optional<String> parameterIn(String message, Method method) {
    return method.parameters().keySet().stream()
        .filter(name -> mention(name, message) >= 0)
        .min(Comparator.comparingInt((String name) -> mention(name, message)));
  }

  private static int mention(String name, String message) {
    Matcher matcher =
        Pattern.compile("(?<![\\w-])" + Pattern.quote(name) + "(?![\\w-])").matcher(message);
    return matcher.find() ? matcher.start() : -1;
  }

  private static Location keyPlace(String key, YamlNode.Mapping map) {
    return Optional.ofNullable(map.entries().get(key))
        .map(YamlNode.Entry::key)
        .orElse(map.location());
  }

  private static Location valuePlace(String key, YamlNode.Mapping map) {
    return map.get(key).map(YamlNode::location).orElse(map.location());
  }
}

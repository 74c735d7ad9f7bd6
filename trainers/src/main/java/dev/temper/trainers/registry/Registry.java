package dev.temper.trainers.registry;

import dev.temper.recipes.Method;
import dev.temper.recipes.MethodCatalog.Entry;
import dev.temper.recipes.NearestName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The methods of one family by name: checks a recipe's choice and makes the object. */
public final class Registry<T> implements MethodFamily {

  private final String family;
  private final Map<String, Registration<T>> registered;

  public Registry(String family, Map<String, Registration<T>> registered) {
    this.family = family;
    this.registered = new TreeMap<>(registered);
  }

  @Override
  public String name() {
    return family;
  }

  @Override
  public List<Entry> entries() {
    return registered.entrySet().stream()
        .map(
            entry ->
                new Entry(
                    family,
                    entry.getKey(),
                    entry.getValue().source(),
                    defaults(entry.getValue().parameters())))
        .toList();
  }

  @Override
  public Method resolve(Method method) {
    Registration<T> registration = find(method.name());
    List<String> problems = new ArrayList<>();
    Map<String, Object> values = defaults(registration.parameters());
    method.parameters().keySet().stream()
        .filter(name -> !values.containsKey(name))
        .forEach(name -> problems.add(unknownParameter(name, values.keySet())));
    for (Parameter parameter : registration.parameters()) {
      if (method.parameters().containsKey(parameter.name())) {
        Object given = method.parameters().get(parameter.name());
        Optional<Object> value = given == null ? Optional.empty() : parameter.read().apply(given);
        value.ifPresentOrElse(
            read -> values.put(parameter.name(), read),
            () -> problems.add(mustBe(parameter, given)));
      }
    }
    if (problems.isEmpty()) {
      Parameters resolved = new Parameters(values);
      registration.rules().stream()
          .filter(rule -> !rule.holds().test(resolved))
          .forEach(rule -> problems.add(rule.message()));
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "%s '%s' is invalid (%d): %s"
              .formatted(family, method.name(), problems.size(), String.join("; ", problems)));
    }
    return new Method(method.name(), values);
  }

  /**
   * The method that a recipe names.
   *
   * @throws IllegalArgumentException as {@link #resolve}
   */
  public T create(Method method) {
    Method resolved = resolve(method);
    return find(method.name()).factory().apply(new Parameters(resolved.parameters()));
  }

  private Registration<T> find(String name) {
    Registration<T> registration = registered.get(name);
    if (registration == null) {
      throw new IllegalArgumentException(
          "%s must be one of %s, got '%s'%s"
              .formatted(
                  family,
                  registered.keySet(),
                  name,
                  NearestName.of(name, registered.keySet())
                      .map(" (did you mean %s?)"::formatted)
                      .orElse("")));
    }
    return registration;
  }

  private static Map<String, Object> defaults(List<Parameter> parameters) {
    return parameters.stream()
        .collect(
            Collectors.toMap(Parameter::name, Parameter::defaultValue, (a, b) -> b, TreeMap::new));
  }

  private static String mustBe(Parameter parameter, Object given) {
    return "%s must be %s, got %s"
        .formatted(
            parameter.name(),
            parameter.rule(),
            given instanceof String ? "'" + given + "'" : given);
  }

  private static String unknownParameter(String name, Collection<String> known) {
    return "%s is not a parameter%s: known are %s"
        .formatted(
            name,
            NearestName.of(name, known).map(" (did you mean %s?)"::formatted).orElse(""),
            known);
  }
}

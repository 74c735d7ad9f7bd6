package dev.temper.recipes.yaml;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.Input;
import dev.temper.recipes.Method;
import dev.temper.recipes.MethodCatalog;
import dev.temper.recipes.NearestName;
import dev.temper.recipes.Product;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Makes records of located YAML, driven by their components and by {@link SpecFields}. Notes every
 * problem instead of stopping at the first; a value is absent only where none could be made.
 */
final class Binder {

  static final Pattern INPUT = Pattern.compile("[a-z][a-z0-9-]*(@\\d{1,9}|\\.[a-z][a-z0-9-]*)?");

  /** Component that takes all keys that are no other component. */
  static final String REST = "parameters";

  private final List<Problem> problems;
  private final List<InputUse> uses = new ArrayList<>();
  private final Methods methods;
  private final Map<Class<?>, Reader> readers =
      Map.of(
          Optional.class, this::optional,
          List.class, this::list,
          Map.class, this::map,
          Input.class, this::input,
          Method.class, this::method,
          DataSource.class, this::dataSource);

  Binder(MethodCatalog catalog, List<Problem> problems) {
    this.problems = problems;
    this.methods = new Methods(catalog, problems);
  }

  /** Inputs read so far. */
  List<InputUse> uses() {
    return uses;
  }

  /** What a value is read as, and where. */
  private record Target(Type type, Field field, String path, Scope scope) {

    Target of(int argument, String at) {
      return new Target(
          ((ParameterizedType) type).getActualTypeArguments()[argument], field, at, scope);
    }

    Class<?> raw() {
      return (Class<?>)
          (type instanceof ParameterizedType parameters ? parameters.getRawType() : type);
    }
  }

  private interface Reader {
    Optional<?> read(Target target, YamlNode node);
  }

  /**
   * A record of a map.
   *
   * @param owner where a missing key is reported
   * @param alsoKnown keys that are read elsewhere, for the hint at an unknown one
   */
  <T> Optional<T> record(
      Class<T> type,
      YamlNode.Mapping map,
      String path,
      Scope scope,
      Location owner,
      Set<String> alsoKnown) {
    int before = problems.size();
    List<Optional<?>> values = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    List<Field> fields = SpecFields.of(type);
    fields.forEach(field -> names.add(field.name()));
    boolean open = names.remove(REST);
    for (int i = 0; i < fields.size(); i++) {
      Field field = fields.get(i);
      RecordComponent component = type.getRecordComponents()[i];
      values.add(
          field.name().equals(REST)
              ? rest(map, names, path)
              : component(component, field, map, child(path, field.name()), scope, owner));
    }
    if (!open) {
      refuseUnknownKeys(map, names, alsoKnown, path);
    }
    if (values.stream().anyMatch(Optional::isEmpty)) {
      return Optional.empty();
    }
    T record = construct(type, values.stream().<Object>map(Optional::get).toList());
    check(record, map, path, owner, problems.subList(before, problems.size()));
    return Optional.of(record);
  }

  private Optional<?> component(
      RecordComponent component,
      Field field,
      YamlNode.Mapping map,
      String path,
      Scope scope,
      Location owner) {
    Target target = new Target(component.getGenericType(), field, path, scope);
    Optional<YamlNode> given = map.get(field.name()).filter(node -> !isNull(node));
    Optional<YamlNode> byDefault =
        field.byDefault().flatMap(d -> d.value().apply(new Default.Place(scope, map, owner)));
    Optional<YamlNode> node =
        given.isPresent() && byDefault.isPresent()
            ? Optional.of(TreeMerge.over(byDefault.get(), given.get()))
            : given.or(() -> byDefault);
    if (node.isEmpty() && target.raw().equals(Optional.class)) {
      return Optional.of(Optional.empty());
    }
    if (node.isEmpty()) {
      problems.add(owner.problem(path, "is missing"));
      return Optional.empty();
    }
    return value(target, node.get());
  }

  private Optional<?> value(Target target, YamlNode node) {
    Reader reader = readers.get(target.raw());
    if (reader != null) {
      return reader.read(target, node);
    }
    Optional<Scalars.ScalarType> scalar = Scalars.type(target.raw());
    return scalar.isPresent() ? scalar(scalar.get(), target, node) : nested(target, node);
  }

  private Optional<?> scalar(Scalars.ScalarType type, Target target, YamlNode node) {
    Optional<?> value =
        node instanceof YamlNode.Scalar scalar ? type.read().apply(scalar) : Optional.empty();
    if (value.isEmpty()) {
      problems.add(
          node.location()
              .problem(target.path(), "must be %s, got %s".formatted(type.words(), node.shown())));
      return value;
    }
    target.field().rule().ifPresent(rule -> check(rule, value.get(), target, node));
    return value;
  }

  private void check(Rule rule, Object value, Target target, YamlNode node) {
    if (!rule.holds().test(value)) {
      String hint =
          NearestName.hint(value.toString(), rule.known().stream().map(Object::toString).toList());
      String shown = value instanceof String ? "'" + value + "'" : value.toString();
      problems.add(
          node.location()
              .problem(target.path(), "must be %s, got %s%s".formatted(rule.words(), shown, hint)));
    }
  }

  private Optional<?> nested(Target target, YamlNode node) {
    return mapping(target, node, "a map")
        .flatMap(
            map ->
                record(target.raw(), map, target.path(), target.scope(), map.location(), Set.of()));
  }

  private Optional<YamlNode.Mapping> mapping(Target target, YamlNode node, String words) {
    if (node instanceof YamlNode.Mapping map) {
      return Optional.of(map);
    }
    problems.add(
        node.location()
            .problem(target.path(), "must be %s, got %s".formatted(words, node.shown())));
    return Optional.empty();
  }

  private Optional<?> optional(Target target, YamlNode node) {
    Optional<?> read = value(target.of(0, target.path()), node);
    return read.isPresent() ? Optional.of(read) : Optional.empty();
  }

  private Optional<?> list(Target target, YamlNode node) {
    if (!(node instanceof YamlNode.Items items)) {
      problems.add(
          node.location().problem(target.path(), "must be a list, got %s".formatted(node.shown())));
      return Optional.empty();
    }
    List<Optional<?>> values = new ArrayList<>();
    for (YamlNode item : items.items()) {
      String path = "%s[%d]".formatted(target.path(), values.size());
      values.add(value(target.of(0, path), item));
    }
    return values.stream().allMatch(Optional::isPresent)
        ? Optional.of(values.stream().<Object>map(Optional::get).toList())
        : Optional.empty();
  }

  private Optional<?> map(Target target, YamlNode node) {
    return mapping(target, node, "a map").flatMap(map -> mapValues(target, map));
  }

  private Optional<?> mapValues(Target target, YamlNode.Mapping map) {
    Map<String, Object> values = new LinkedHashMap<>();
    map.entries()
        .forEach(
            (key, entry) ->
                value(target.of(1, child(target.path(), key)), entry.value())
                    .ifPresent(value -> values.put(key, value)));
    return values.size() == map.entries().size() ? Optional.of(values) : Optional.empty();
  }

  private Optional<?> input(Target target, YamlNode node) {
    if (node instanceof YamlNode.Scalar scalar && INPUT.matcher(scalar.text()).matches()) {
      Input input = Input.parse(scalar.text());
      uses.add(
          new InputUse(
              target.scope().stage(),
              target.path(),
              node.location(),
              input,
              target.field().product().orElseThrow()));
      return Optional.of(input);
    }
    problems.add(
        node.location()
            .problem(
                target.path(),
                "must be a stage, stage.output or stage@step, got %s".formatted(node.shown())));
    return Optional.empty();
  }

  private Optional<?> method(Target target, YamlNode node) {
    YamlNode named =
        node instanceof YamlNode.Scalar scalar
            ? YamlNode.Mapping.empty(scalar.location())
                .with("name", new YamlNode.Entry(scalar.location(), scalar))
            : node;
    String family = target.field().family().orElseThrow();
    return mapping(target, named, "a name or a map with name and parameters")
        .flatMap(map -> method(family, target, map));
  }

  private Optional<?> method(String family, Target target, YamlNode.Mapping map) {
    return record(Method.class, map, target.path(), target.scope(), map.location(), Set.of())
        .map(method -> methods.resolve(family, method, map, target.path()));
  }

  private Optional<?> dataSource(Target target, YamlNode node) {
    if (node instanceof YamlNode.Scalar) {
      Field completions = target.field().input(Product.COMPLETIONS);
      Target input = new Target(Input.class, completions, target.path(), target.scope());
      return input(input, node).map(Input.class::cast).map(DataSource.Stage::new);
    }
    String words = "a map with synthetic, file or mixture, a list of these, or the name of a stage";
    return mapping(target, DataForms.mapping(node), words).flatMap(map -> dataSource(target, map));
  }

  private Optional<?> dataSource(Target target, YamlNode.Mapping map) {
    Optional<Class<? extends DataSource>> type = DataForms.type(map);
    if (type.isEmpty()) {
      problems.add(
          map.location()
              .problem(
                  target.path(),
                  "must have either 'synthetic' or 'file' (or 'mixture'), got %s"
                      .formatted(map.shown())));
      return Optional.empty();
    }
    Optional<? extends DataSource> source =
        record(type.get(), map, target.path(), target.scope(), map.location(), Set.of());
    return source.map(
        made ->
            made instanceof DataSource.Synthetic generator
                ? methods.resolve(generator, map, target.path())
                : made);
  }

  /** Keys that are no component, as parameters. */
  private Optional<?> rest(YamlNode.Mapping map, Set<String> names, String path) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    boolean complete = true;
    for (Map.Entry<String, YamlNode.Entry> entry : map.entries().entrySet()) {
      String key = entry.getKey();
      if (names.contains(key)) {
        continue;
      }
      Target target =
          new Target(Object.class, Field.field(key), child(path, key), new Scope(map, 0, ""));
      Optional<?> value = value(target, entry.getValue().value());
      complete &= value.isPresent();
      value.ifPresent(present -> parameters.put(key, present));
    }
    return complete ? Optional.of(parameters) : Optional.empty();
  }

  private void refuseUnknownKeys(
      YamlNode.Mapping map, Set<String> names, Set<String> alsoKnown, String path) {
    Set<String> known = new LinkedHashSet<>(names);
    known.addAll(alsoKnown);
    map.entries()
        .forEach(
            (key, entry) -> {
              if (!known.contains(key)) {
                problems.add(
                    entry
                        .key()
                        .problem(
                            child(path, key),
                            "is not a known key%s".formatted(hintOrList(key, known))));
              }
            });
  }

  static String hintOrList(String key, Collection<String> known) {
    String hint = NearestName.hint(key, known);
    return hint.isEmpty() ? "; known are " + known : hint;
  }

  /**
   * Rules between values, also where a value is out of its own range: a user wants to hear of all
   * problems at once.
   *
   * @param known problems of the record's values; a rule about one of these keys is not asked
   */
  private void check(
      Object record, YamlNode.Mapping map, String path, Location owner, List<Problem> known) {
    Set<String> refused =
        known.stream().map(Problem::path).collect(Collectors.toCollection(HashSet::new));
    for (SpecChecks.Check check : SpecChecks.of(record.getClass())) {
      if (!refused.contains(child(path, check.field())) && !holds(check, record, refused)) {
        Location place = map.get(check.field()).map(YamlNode::location).orElse(owner);
        problems.add(place.problem(child(path, check.field()), check.message().apply(record)));
      }
    }
  }

  private static boolean holds(SpecChecks.Check check, Object record, Set<String> refused) {
    try {
      return check.holds().test(record);
    } catch (ArithmeticException e) {
      // Nothing is divisible by 0 heads, which has been refused already.
      if (refused.isEmpty()) {
        throw e;
      }
      return true;
    }
  }

  private static boolean isNull(YamlNode node) {
    return node instanceof YamlNode.Scalar scalar && scalar.isNull();
  }

  static String child(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static <T> T construct(Class<T> type, List<Object> values) {
    try {
      Class<?>[] types =
          Arrays.stream(type.getRecordComponents())
              .map(RecordComponent::getType)
              .toArray(Class<?>[]::new);
      Constructor<T> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values.toArray());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make a " + type.getSimpleName(), e);
    }
  }
}

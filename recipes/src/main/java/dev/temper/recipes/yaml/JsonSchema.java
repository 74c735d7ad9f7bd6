package dev.temper.recipes.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.temper.recipes.DataSource;
import dev.temper.recipes.Input;
import dev.temper.recipes.Method;
import dev.temper.recipes.MethodCatalog;
import dev.temper.recipes.Numerics;
import dev.temper.recipes.RejectionSamplingSpec;
import dev.temper.recipes.RolloutsSpec;
import dev.temper.recipes.StageKinds;
import dev.temper.recipes.StageSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The JSON Schema (draft 2020-12) of recipes, for editors: keys, types, ranges, words, defaults and
 * method names. What concerns several keys or stages only {@link RecipeReader} checks.
 */
public final class JsonSchema {

  private static final ObjectMapper YAML = new YAMLMapper();

  private static final Map<Class<?>, String> SIMPLE_TYPES =
      Map.of(
          int.class, "integer",
          Integer.class, "integer",
          long.class, "integer",
          Long.class, "integer",
          double.class, "number",
          Double.class, "number",
          boolean.class, "boolean",
          Boolean.class, "boolean",
          String.class, "string");

  private final ObjectMapper json = new ObjectMapper();
  private final ObjectNode definitions = json.createObjectNode();
  private final List<MethodCatalog.Entry> entries;
  private final Map<Class<?>, BiFunction<Type, Field, ObjectNode>> writers =
      Map.of(
          Optional.class, (type, field) -> value(argument(type, 0), field),
          List.class, this::list,
          Map.class, this::map,
          Input.class, (type, field) -> input(),
          Method.class, (type, field) -> method(field.family().orElseThrow()),
          DataSource.class, (type, field) -> dataSource());

  private JsonSchema(MethodCatalog catalog) {
    this.entries = catalog.entries();
  }

  /** The schema, with the methods that exist. */
  public static ObjectNode of(MethodCatalog catalog) {
    return new JsonSchema(catalog).recipe();
  }

  private ObjectNode recipe() {
    ObjectNode schema = json.createObjectNode();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "Temper recipe");
    ObjectNode root = object(RecipeSettings.class);
    ObjectNode properties = (ObjectNode) root.get("properties");
    properties.set("numerics", reference(Numerics.class));
    ObjectNode stages = properties.putObject("stages");
    stages.put("type", "object").put("minProperties", 1);
    stages.putObject("propertyNames").put("pattern", "^[a-z][a-z0-9-]*$");
    stages.putObject("additionalProperties").put("$ref", "#/$defs/stage");
    root.withArray("required").add("stages");
    schema.setAll(root);
    definitions.set("stage", stage());
    schema.set("$defs", definitions);
    return schema;
  }

  private ObjectNode stage() {
    ObjectNode stage = json.createObjectNode();
    stage.put("type", "object");
    stage.putArray("required").add("kind");
    ArrayNode kinds = stage.putObject("properties").putObject("kind").putArray("enum");
    ArrayNode choices = stage.putArray("allOf");
    StageKinds.types()
        .forEach(
            (kind, type) -> {
              kinds.add(kind);
              definitions.set(kind, spec(kind, type));
              ObjectNode choice = choices.addObject();
              choice.putObject("if").putObject("properties").putObject("kind").put("const", kind);
              choice.putObject("then").put("$ref", "#/$defs/" + kind);
            });
    return stage;
  }

  private ObjectNode spec(String kind, Class<? extends StageSpec> type) {
    ObjectNode spec = object(type);
    ObjectNode properties = (ObjectNode) spec.get("properties");
    properties.putObject("kind").put("const", kind);
    if (type.equals(RejectionSamplingSpec.class)) {
      addInlineRollouts(spec);
    }
    ObjectNode settings = object(StageSettings.class);
    properties.setAll((ObjectNode) settings.get("properties"));
    ObjectNode resources = properties.putObject("resources");
    resources.put("type", "object").put("additionalProperties", false);
    resources.putObject("properties").putObject("queue").put("type", "string");
    return spec;
  }

  /** Either {@code rollouts}, or what a stage of rollouts has. */
  private void addInlineRollouts(ObjectNode spec) {
    spec.remove("required");
    ObjectNode rollouts = object(RolloutsSpec.class);
    ObjectNode properties = (ObjectNode) spec.get("properties");
    InlineRollouts.KEYS.forEach(key -> properties.set(key, rollouts.get("properties").get(key)));
    ArrayNode either = spec.putArray("oneOf");
    either.addObject().putArray("required").add("rollouts");
    either.addObject().set("required", rollouts.get("required"));
  }

  private ObjectNode object(Class<?> type) {
    ObjectNode schema = json.createObjectNode();
    schema.put("type", "object");
    schema.put("additionalProperties", false);
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = json.createArrayNode();
    List<Field> fields = SpecFields.of(type);
    for (int i = 0; i < fields.size(); i++) {
      Field field = fields.get(i);
      RecordComponent component = type.getRecordComponents()[i];
      if (field.name().equals(Binder.REST)) {
        schema
            .putObject("additionalProperties")
            .putArray("type")
            .add("number")
            .add("boolean")
            .add("string");
        continue;
      }
      properties.set(field.name(), property(component, field));
      if (field.byDefault().isEmpty() && !component.getType().equals(Optional.class)) {
        required.add(field.name());
      }
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    return schema;
  }

  private ObjectNode property(RecordComponent component, Field field) {
    ObjectNode property = value(component.getGenericType(), field);
    field.byDefault().flatMap(Default::yaml).ifPresent(text -> property.set("default", yaml(text)));
    return property;
  }

  private ObjectNode value(Type type, Field field) {
    Class<?> raw =
        (Class<?>) (type instanceof ParameterizedType generic ? generic.getRawType() : type);
    BiFunction<Type, Field, ObjectNode> writer = writers.get(raw);
    if (writer != null) {
      return writer.apply(type, field);
    }
    if (SIMPLE_TYPES.containsKey(raw)) {
      ObjectNode simple = json.createObjectNode().put("type", SIMPLE_TYPES.get(raw));
      field.rule().ifPresent(rule -> simple.setAll((ObjectNode) json.valueToTree(rule.schema())));
      return simple;
    }
    return reference(raw);
  }

  private ObjectNode reference(Class<?> type) {
    String name = type.getSimpleName();
    if (!definitions.has(name)) {
      definitions.set(name, object(type));
    }
    return json.createObjectNode().put("$ref", "#/$defs/" + name);
  }

  private ObjectNode list(Type type, Field field) {
    ObjectNode list = json.createObjectNode().put("type", "array");
    list.set("items", value(argument(type, 0), field));
    return list;
  }

  private ObjectNode map(Type type, Field field) {
    ObjectNode map = json.createObjectNode().put("type", "object");
    map.set("additionalProperties", value(argument(type, 1), field));
    return map;
  }

  private ObjectNode input() {
    if (!definitions.has("input")) {
      ObjectNode input = definitions.putObject("input");
      input.put("type", "string").put("pattern", "^" + Binder.INPUT.pattern() + "$");
      input.put("description", "a stage, stage.output or stage@step");
    }
    return json.createObjectNode().put("$ref", "#/$defs/input");
  }

  private ObjectNode method(String family) {
    String name = family + "-method";
    if (!definitions.has(name)) {
      ObjectNode choices = definitions.putObject(name);
      ArrayNode any = choices.putArray("anyOf");
      ArrayNode names = any.addObject().putArray("enum");
      List<MethodCatalog.Entry> known = Methods.of(entries, family);
      known.forEach(entry -> names.add(entry.name()));
      known.forEach(entry -> any.add(named(entry, "name")));
    }
    return json.createObjectNode().put("$ref", "#/$defs/" + name);
  }

  /** A method as a map: its name and its own parameters. */
  private ObjectNode named(MethodCatalog.Entry entry, String nameKey) {
    ObjectNode method = json.createObjectNode().put("type", "object");
    method.put("description", entry.source());
    method.put("additionalProperties", false);
    ObjectNode properties = method.putObject("properties");
    properties.putObject(nameKey).put("const", entry.name());
    Map<String, Object> parameters = new LinkedHashMap<>(entry.parameters());
    parameters.forEach(
        (name, value) ->
            properties
                .putObject(name)
                .put("type", typeOf(value))
                .set("default", json.valueToTree(value)));
    method.putArray("required").add(nameKey);
    return method;
  }

  private static String typeOf(Object value) {
    return value instanceof Number ? "number" : value instanceof Boolean ? "boolean" : "string";
  }

  private ObjectNode dataSource() {
    if (!definitions.has("data")) {
      ArrayNode any = definitions.putObject("data").putArray("anyOf");
      any.add(input());
      any.add(object(DataSource.File.class));
      ObjectNode mixture = object(DataSource.Mixture.class);
      ((ObjectNode) mixture.get("properties")).set("mixture", mixed());
      any.add(mixture);
      any.add(mixed());
      ObjectNode common = object(DataSource.Synthetic.class);
      for (MethodCatalog.Entry entry : Methods.of(entries, Methods.SYNTHETIC)) {
        ObjectNode generator = named(entry, "synthetic");
        ObjectNode properties = (ObjectNode) generator.get("properties");
        common
            .get("properties")
            .properties()
            .forEach(
                property -> {
                  if (!properties.has(property.getKey())) {
                    properties.set(property.getKey(), property.getValue());
                  }
                });
        generator.set("required", common.get("required"));
        any.add(generator);
      }
    }
    return json.createObjectNode().put("$ref", "#/$defs/data");
  }

  /** Parts of a mixture: sources, in the short form with {@code weight} and {@code cap} beside. */
  private ObjectNode mixed() {
    ObjectNode list = json.createObjectNode().put("type", "array");
    list.putObject("items").putArray("type").add("object").add("string");
    return list;
  }

  private static Type argument(Type type, int index) {
    return ((ParameterizedType) type).getActualTypeArguments()[index];
  }

  private static JsonNode yaml(String text) {
    try {
      return YAML.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.temper.recipes.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The keywords of JSON Schema that Temper's schema uses; any other one is an error. */
final class SchemaValidator {

  private interface Keyword {
    void check(JsonNode argument, JsonNode schema, JsonNode value, String path, List<String> found);
  }

  private final JsonNode root;
  private final Map<String, Keyword> keywords =
      Map.ofEntries(
          Map.entry("$ref", this::reference),
          Map.entry("type", (a, s, v, p, f) -> require(isOfType(a, v), p + " type " + a, f)),
          Map.entry("const", (a, s, v, p, f) -> require(a.equals(v), p + " const " + a, f)),
          Map.entry("enum", (a, s, v, p, f) -> require(contains(a, v), p + " enum " + a, f)),
          Map.entry(
              "pattern",
              (a, s, v, p, f) ->
                  require(!v.isTextual() || v.asText().matches(a.asText()), p + " pattern", f)),
          Map.entry(
              "minimum",
              (a, s, v, p, f) ->
                  require(!v.isNumber() || v.asDouble() >= a.asDouble(), p + " minimum", f)),
          Map.entry(
              "maximum",
              (a, s, v, p, f) ->
                  require(!v.isNumber() || v.asDouble() <= a.asDouble(), p + " maximum", f)),
          Map.entry(
              "exclusiveMinimum",
              (a, s, v, p, f) ->
                  require(
                      !v.isNumber() || v.asDouble() > a.asDouble(), p + " exclusiveMinimum", f)),
          Map.entry(
              "exclusiveMaximum",
              (a, s, v, p, f) ->
                  require(
                      !v.isNumber() || v.asDouble() < a.asDouble(), p + " exclusiveMaximum", f)),
          Map.entry(
              "minProperties",
              (a, s, v, p, f) -> require(v.size() >= a.asInt(), p + " minProperties", f)),
          Map.entry(
              "required",
              (a, s, v, p, f) ->
                  a.forEach(
                      key ->
                          require(
                              !v.isObject() || v.has(key.asText()), p + " requires " + key, f))),
          Map.entry("properties", this::properties),
          Map.entry("additionalProperties", this::additional),
          Map.entry(
              "propertyNames",
              (a, s, v, p, f) ->
                  v.fieldNames().forEachRemaining(name -> check(a, TextNode.valueOf(name), p, f))),
          Map.entry("items", (a, s, v, p, f) -> v.forEach(item -> check(a, item, p + "[]", f))),
          Map.entry("allOf", (a, s, v, p, f) -> a.forEach(all -> check(all, v, p, f))),
          Map.entry("anyOf", (a, s, v, p, f) -> require(matching(a, v) > 0, p + " anyOf", f)),
          Map.entry("oneOf", (a, s, v, p, f) -> require(matching(a, v) == 1, p + " oneOf", f)),
          Map.entry(
              "if",
              (a, s, v, p, f) -> {
                if (holds(a, v)) {
                  check(s.get("then"), v, p, f);
                }
              }),
          Map.entry("then", (a, s, v, p, f) -> {}),
          Map.entry("default", (a, s, v, p, f) -> {}),
          Map.entry("description", (a, s, v, p, f) -> {}),
          Map.entry("title", (a, s, v, p, f) -> {}),
          Map.entry("$defs", (a, s, v, p, f) -> {}),
          Map.entry("$schema", (a, s, v, p, f) -> {}));

  SchemaValidator(JsonNode root) {
    this.root = root;
  }

  List<String> violations(JsonNode value) {
    List<String> found = new ArrayList<>();
    check(root, value, "", found);
    return found;
  }

  private void check(JsonNode schema, JsonNode value, String path, List<String> found) {
    require(schema.isObject(), path + " has no schema", found);
    schema
        .properties()
        .forEach(
            entry -> {
              Keyword keyword = keywords.get(entry.getKey());
              if (keyword == null) {
                throw new IllegalStateException("unknown keyword " + entry.getKey());
              }
              keyword.check(entry.getValue(), schema, value, path, found);
            });
  }

  private void reference(
      JsonNode argument, JsonNode schema, JsonNode value, String path, List<String> found) {
    check(root.at(argument.asText().substring(1)), value, path, found);
  }

  private void properties(
      JsonNode argument, JsonNode schema, JsonNode value, String path, List<String> found) {
    argument
        .properties()
        .forEach(
            property -> {
              if (value.has(property.getKey())) {
                check(
                    property.getValue(),
                    value.get(property.getKey()),
                    path + "/" + property.getKey(),
                    found);
              }
            });
  }

  private void additional(
      JsonNode argument, JsonNode schema, JsonNode value, String path, List<String> found) {
    value
        .properties()
        .forEach(
            property -> {
              if (schema.path("properties").has(property.getKey())) {
                return;
              }
              if (argument.isBoolean()) {
                require(argument.asBoolean(), path + " has no " + property.getKey(), found);
              } else {
                check(argument, property.getValue(), path + "/" + property.getKey(), found);
              }
            });
  }

  private boolean holds(JsonNode schema, JsonNode value) {
    List<String> found = new ArrayList<>();
    check(schema, value, "", found);
    return found.isEmpty();
  }

  private int matching(JsonNode schemas, JsonNode value) {
    int count = 0;
    for (JsonNode schema : schemas) {
      count += holds(schema, value) ? 1 : 0;
    }
    return count;
  }

  private static boolean contains(JsonNode list, JsonNode value) {
    for (JsonNode item : list) {
      if (item.equals(value)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOfType(JsonNode types, JsonNode value) {
    if (types.isArray()) {
      for (JsonNode type : types) {
        if (isOfType(type, value)) {
          return true;
        }
      }
      return false;
    }
    return switch (types.asText()) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "boolean" -> value.isBoolean();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      default -> throw new IllegalStateException("unknown type " + types);
    };
  }

  private static void require(boolean holds, String problem, List<String> found) {
    if (!holds) {
      found.add(problem);
    }
  }
}

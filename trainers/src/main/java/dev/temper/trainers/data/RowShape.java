package dev.temper.trainers.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** How the fields of a JSON row become a {@link RawRow}. */
enum RowShape {
  /**
   * A user's row: {@code {"prompt", "completion"}} or {@code {"text"}}. Every other field that is a
   * string, a number or a boolean is a fact; so are those of an object {@code "facts"}.
   */
  USER {
    @Override
    RawRow of(JsonNode json, String where) {
      Map<String, String> facts = new TreeMap<>();
      addFacts(json, facts);
      NAMED.forEach(facts::remove);
      addFacts(json.path("facts"), facts);
      return new RawRow(
          where,
          string(json, "prompt"),
          string(json, "completion"),
          string(json, "text"),
          facts,
          Optional.empty(),
          OptionalLong.empty());
    }
  },
  /** A completion that another stage made: with token ids and the prompt's identity. */
  STAGE {
    @Override
    RawRow of(JsonNode json, String where) {
      Map<String, String> facts = new TreeMap<>();
      addFacts(json.path("facts"), facts);
      return new RawRow(
          where,
          string(json, "prompt"),
          string(json, "text"),
          Optional.empty(),
          facts,
          tokens(json),
          json.path("promptId").isIntegralNumber()
              ? OptionalLong.of(json.path("promptId").longValue())
              : OptionalLong.empty());
    }
  };

  private static final Set<String> NAMED = Set.of("prompt", "completion", "text");

  abstract RawRow of(JsonNode json, String where);

  /** The row, or {@link WrongShape}. */
  RawRow row(JsonNode json, String where) {
    if (!json.isObject()) {
      throw new WrongShape("must be a JSON object, got " + typeName(json));
    }
    return of(json, where);
  }

  private static Optional<String> string(JsonNode json, String field) {
    JsonNode value = json.path(field);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw new WrongShape("'" + field + "' must be a string, got " + typeName(value));
    }
    return Optional.of(value.textValue());
  }

  private static Optional<int[]> tokens(JsonNode json) {
    JsonNode value = json.path("tokens");
    if (!value.isArray() || value.isEmpty()) {
      throw new WrongShape("'tokens' must be a list of token ids, got " + typeName(value));
    }
    int[] tokens = new int[value.size()];
    for (int i = 0; i < tokens.length; i++) {
      if (!value.get(i).isInt()) {
        throw new WrongShape("'tokens' must be a list of token ids, got " + value.get(i));
      }
      tokens[i] = value.get(i).intValue();
    }
    return Optional.of(tokens);
  }

  private static void addFacts(JsonNode json, Map<String, String> facts) {
    json.properties()
        .forEach(
            field -> {
              if (field.getValue().isValueNode() && !field.getValue().isNull()) {
                facts.put(field.getKey(), field.getValue().asText());
              }
            });
  }

  private static String typeName(JsonNode value) {
    return value.isMissingNode() ? "nothing" : value.getNodeType().name().toLowerCase(Locale.ROOT);
  }
}

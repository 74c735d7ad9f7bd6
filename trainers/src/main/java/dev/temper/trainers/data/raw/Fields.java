package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;

/** Reads the fields of a row, and names the one that is not what it must be. */
final class Fields {

  private Fields() {}

  static Optional<String> text(JsonNode row, String field) {
    JsonNode value = row.path(field);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw wrong(field, "a string", value);
    }
    return Optional.of(value.textValue());
  }

  static String needed(JsonNode row, String field) {
    return text(row, field).orElseThrow(() -> new WrongShape("'" + field + "' is missing"));
  }

  /** A number, also one that a table without types holds as text. */
  static OptionalDouble number(JsonNode row, String field) {
    JsonNode value = row.path(field);
    if (value.isNumber()) {
      return OptionalDouble.of(value.doubleValue());
    }
    try {
      double parsed =
          value.isTextual() ? Double.parseDouble(value.textValue().strip()) : Double.NaN;
      return Double.isFinite(parsed) ? OptionalDouble.of(parsed) : OptionalDouble.empty();
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  static double neededNumber(JsonNode row, String field) {
    return number(row, field).orElseThrow(() -> wrong(field, "a number", row.path(field)));
  }

  static List<JsonNode> items(JsonNode row, String field) {
    JsonNode value = row.path(field);
    if (!value.isArray()) {
      throw wrong(field, "a list", value);
    }
    List<JsonNode> items = new ArrayList<>();
    value.forEach(items::add);
    return items;
  }

  static List<Message> messages(JsonNode row, String field) {
    List<Message> messages = new ArrayList<>();
    for (JsonNode item : items(row, field)) {
      if (!item.path("role").isTextual() || !item.path("content").isTextual()) {
        throw new WrongShape(
            "'%s' must be a list of {role, content}, both strings; number %d is %s"
                .formatted(field, messages.size() + 1, shown(item)));
      }
      messages.add(new Message(item.get("role").textValue(), item.get("content").textValue()));
    }
    if (messages.isEmpty()) {
      throw new WrongShape("'" + field + "' must have at least one message, got none");
    }
    return messages;
  }

  /**
   * Every field that is a string, a number or a boolean, and those of an object {@code facts}.
   *
   * @param named fields that mean something else
   */
  static Map<String, String> facts(JsonNode row, Set<String> named) {
    Map<String, String> facts = new TreeMap<>();
    add(row, facts);
    named.forEach(facts::remove);
    add(row.path("facts"), facts);
    return facts;
  }

  private static void add(JsonNode row, Map<String, String> facts) {
    row.properties()
        .forEach(
            field -> {
              if (field.getValue().isValueNode() && !field.getValue().isNull()) {
                facts.put(field.getKey(), field.getValue().asText());
              }
            });
  }

  static WrongShape wrong(String field, String needed, JsonNode value) {
    return new WrongShape("'%s' must be %s, got %s".formatted(field, needed, type(value)));
  }

  static String type(JsonNode value) {
    return value.isMissingNode() ? "nothing" : value.getNodeType().name().toLowerCase(Locale.ROOT);
  }

  private static String shown(JsonNode value) {
    String text = value.toString();
    return text.length() <= 60 ? text : text.substring(0, 60) + "...";
  }
}

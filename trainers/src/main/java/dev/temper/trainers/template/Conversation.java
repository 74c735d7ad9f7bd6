package dev.temper.trainers.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was said, as a chat template takes it.
 *
 * @param messages as JSON objects: role, content, and whatever else a template reads (tool calls,
 *     reasoning)
 * @param tools JSON schemas of functions; empty where there are none to call
 * @param variables what else the template may read, for example {@code enable_thinking}
 */
public record Conversation(
    List<Map<String, Object>> messages,
    Optional<List<Object>> tools,
    Map<String, Object> variables) {

  /** Nothing said yet. */
  public static final Conversation NONE = new Conversation(List.of(), Optional.empty(), Map.of());

  private static final List<String> REASONING =
      List.of("reasoning_content", "thinking", "reasoning");

  public Conversation {
    messages = List.copyOf(messages);
    variables = Map.copyOf(variables);
  }

  /** One request of a user. */
  public static Conversation user(String text) {
    return NONE.and("user", text);
  }

  /**
   * From JSON.
   *
   * @param messages a list of objects that have a role
   * @param tools a list, or missing or null
   * @param variables an object, or missing or null
   * @throws IllegalArgumentException saying which message is wrong
   */
  public static Conversation of(JsonNode messages, JsonNode tools, JsonNode variables) {
    if (!messages.isArray() || messages.isEmpty()) {
      throw new IllegalArgumentException("'messages' must be a list of at least one message");
    }
    List<Map<String, Object>> said = new ArrayList<>();
    for (JsonNode message : messages) {
      if (!message.isObject() || !message.path("role").isTextual()) {
        throw new IllegalArgumentException(
            "'messages[%d]' must be an object with a 'role'".formatted(said.size()));
      }
      said.add(object(message));
    }
    boolean none = tools.isMissingNode() || tools.isNull();
    if (!none && !tools.isArray()) {
      throw new IllegalArgumentException("'tools' must be a list of functions");
    }
    return new Conversation(
        said,
        none ? Optional.empty() : Optional.of(items(tools)),
        variables.isObject() ? object(variables) : Map.of());
  }

  private static List<Object> items(JsonNode list) {
    List<Object> items = new ArrayList<>();
    list.forEach(item -> items.add(TemplateValues.of(item)));
    return items;
  }

  private static Map<String, Object> object(JsonNode json) {
    Map<String, Object> map = new LinkedHashMap<>();
    json.properties()
        .forEach(field -> map.put(field.getKey(), TemplateValues.of(field.getValue())));
    return map;
  }

  public int turns() {
    return messages.size();
  }

  /** Who speaks in a turn. */
  public String role(int turn) {
    return String.valueOf(messages.get(turn).get("role"));
  }

  /** What is said in a turn; empty where it is not plain text. */
  public String content(int turn) {
    return messages.get(turn).get("content") instanceof String text ? text : "";
  }

  /** The turns of the assistant. */
  public List<Integer> assistantTurns() {
    List<Integer> turns = new ArrayList<>();
    for (int turn = 0; turn < turns(); turn++) {
      if (role(turn).equals("assistant")) {
        turns.add(turn);
      }
    }
    return turns;
  }

  /** The first turns alone. */
  public Conversation first(int turns) {
    return new Conversation(messages.subList(0, turns), tools, variables);
  }

  /** With one more turn of the assistant. */
  public Conversation answered(String text) {
    return and("assistant", text);
  }

  /** With one more message. */
  public Conversation and(String role, String content) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("role", role);
    message.put("content", content);
    List<Map<String, Object>> more = new ArrayList<>(messages);
    more.add(message);
    return new Conversation(more, tools, variables);
  }

  /**
   * The messages as a template sees them: reasoning under the names that templates read, as
   * transformers does.
   */
  List<Object> shown() {
    List<Object> shown = new ArrayList<>();
    for (Map<String, Object> message : messages) {
      Optional<Object> reasoning =
          REASONING.stream()
              .map(message::get)
              .filter(value -> value != null && value != None.NONE)
              .findFirst();
      Map<String, Object> copy = new LinkedHashMap<>();
      reasoning.ifPresent(value -> copy.put("thinking", value));
      copy.putAll(message);
      reasoning.ifPresent(value -> copy.put("reasoning_content", value));
      shown.add(copy);
    }
    return shown;
  }
}

package dev.temper.trainers.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Compares what {@link ChatRenderer} gives with what transformers gave. */
final class Renderings {

  static final Clock CLOCK = Clock.fixed(Instant.parse("2024-07-26T12:00:00Z"), ZoneOffset.UTC);
  private static final Map<String, String> SPECIAL =
      Map.of("bos_token", "<BOS>", "eos_token", "<EOS>", "pad_token", "<PAD>");
  private static final JsonMapper JSON = new JsonMapper();

  private int equal;
  private int refused;
  private final List<String> different = new ArrayList<>();

  static ChatRenderer renderer(String template) {
    return new ChatRenderer(Template.of(template), SPECIAL, CLOCK);
  }

  /**
   * Compares templates.
   *
   * @param templates a folder, or a JSON object of templates that are rendered with the first case
   * @param expected written by chat_templates.py
   */
  static Renderings of(Path templates, Path cases, Path expected) throws IOException {
    Renderings renderings = new Renderings();
    JsonNode conversations = JSON.readTree(Files.readString(cases));
    JsonNode sources =
        Files.isDirectory(templates)
            ? JSON.createObjectNode()
            : JSON.readTree(Files.readString(templates));
    for (Map.Entry<String, JsonNode> template :
        JSON.readTree(Files.readString(expected)).properties()) {
      String source =
          sources.has(template.getKey())
              ? sources.path(template.getKey()).textValue()
              : Files.readString(templates.resolve(template.getKey() + ".jinja"));
      for (JsonNode conversation : conversations) {
        String name = conversation.path("name").asText();
        if (template.getValue().has(name)) {
          renderings.compare(
              template.getKey() + "/" + name, source, conversation, template.getValue().path(name));
        }
      }
    }
    return renderings;
  }

  private void compare(String name, String source, JsonNode conversation, JsonNode expected) {
    try {
      Rendering rendering =
          renderer(source)
              .render(
                  Conversation.of(
                      conversation.path("messages"),
                      conversation.path("tools"),
                      conversation.path("variables")),
                  conversation.path("add_generation_prompt").asBoolean());
      if (expected.has("refused")) {
        different.add(name + ": rendered, transformers says " + expected.path("refused"));
      } else if (!rendering.text().equals(expected.path("text").textValue())) {
        different.add(
            name + ": " + difference(expected.path("text").textValue(), rendering.text()));
      } else if (!points(rendering).equals(expected.path("generated").toString())) {
        different.add(
            name + ": marks " + expected.path("generated") + ", got " + points(rendering));
      } else {
        equal++;
      }
    } catch (TemplateException e) {
      if (expected.has("refused")) {
        refused++;
      } else {
        different.add(name + ": " + e.getMessage());
      }
    }
  }

  /** Spans as Python counts them. */
  private static String points(Rendering rendering) {
    List<String> spans = new ArrayList<>();
    for (Span span : rendering.generated()) {
      int start = rendering.text().codePointCount(0, span.start());
      int length = rendering.text().codePointCount(span.start(), span.end());
      spans.add("[" + start + "," + (start + length) + "]");
    }
    return "[" + String.join(",", spans) + "]";
  }

  private static String difference(String expected, String actual) {
    int same = 0;
    while (same < Math.min(expected.length(), actual.length())
        && expected.charAt(same) == actual.charAt(same)) {
      same++;
    }
    return "at %d expected '%s', got '%s'"
        .formatted(same, part(expected, same), part(actual, same));
  }

  private static String part(String text, int from) {
    return text.substring(Math.max(0, from - 10), Math.min(text.length(), from + 40));
  }

  int equal() {
    return equal;
  }

  int refused() {
    return refused;
  }

  List<String> different() {
    return different;
  }
}

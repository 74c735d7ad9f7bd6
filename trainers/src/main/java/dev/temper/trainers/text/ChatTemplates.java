package dev.temper.trainers.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The chat templates of a tokenizer by name; usually there is one, {@code default}.
 *
 * @param byName Jinja text
 */
record ChatTemplates(SortedMap<String, String> byName) {

  static final String DEFAULT = "default";
  static final String TOOLS = "tool_use";

  ChatTemplates {
    byName = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(byName));
  }

  /**
   * As transformers reads them: a text, a list of {@code {name, template}}, and files beside them,
   * which win.
   *
   * @param configured {@code chat_template} of tokenizer_config.json
   * @param files text by name
   */
  static ChatTemplates of(JsonNode configured, Map<String, String> files) {
    SortedMap<String, String> byName = new TreeMap<>();
    if (configured.isTextual()) {
      byName.put(DEFAULT, configured.textValue());
    }
    for (JsonNode named : configured) {
      byName.put(named.path("name").asText(DEFAULT), named.path("template").asText());
    }
    byName.putAll(files);
    return new ChatTemplates(byName);
  }

  boolean none() {
    return byName.isEmpty();
  }

  /** The one for conversations with tools, where there are two. */
  String name(boolean tools) {
    return tools && byName.containsKey(TOOLS) ? TOOLS : DEFAULT;
  }
}

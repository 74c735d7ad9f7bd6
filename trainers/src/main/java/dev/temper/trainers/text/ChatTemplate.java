package dev.temper.trainers.text;

import dev.temper.trainers.StageFailure;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The chat templates that Temper renders itself, each with the Jinja text that stands for it. */
enum ChatTemplate {
  /** Begin token, what the user says, a line break, the answer, end token. */
  MINIMAL(
      "{{ bos_token }}{% for message in messages %}"
          + "{% if message['role'] == 'user' %}{{ message['content'] + '\\n' }}"
          + "{% elif message['role'] == 'assistant' %}{{ message['content'] + eos_token }}"
          + "{% else %}{{ raise_exception('only user and assistant can speak') }}{% endif %}"
          + "{% endfor %}");

  private final String jinja;

  ChatTemplate(String jinja) {
    this.jinja = jinja;
  }

  String jinja() {
    return jinja;
  }

  private String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The template that a tokenizer asks for; the minimal one where it asks for none.
   *
   * @throws StageFailure DataContract naming a template that is not known: rendering another one
   *     than the model was trained with would go unnoticed
   */
  static ChatTemplate of(Optional<String> jinja, String origin) {
    if (jinja.isEmpty()) {
      return MINIMAL;
    }
    return Arrays.stream(values())
        .filter(template -> template.jinja.equals(jinja.get()))
        .findFirst()
        .orElseThrow(() -> refused(jinja.get(), origin));
  }

  private static StageFailure refused(String jinja, String origin) {
    return new StageFailure(
        StageFailure.Type.DATA_CONTRACT,
        "tokenizer '%s' has the chat template %s, and only %s can be rendered"
            .formatted(
                origin, nameOf(jinja), Arrays.stream(values()).map(ChatTemplate::text).toList()));
  }

  private static String nameOf(String jinja) {
    Map<String, String> marks = new LinkedHashMap<>();
    marks.put("<|im_start|>", "chatml");
    marks.put("<|start_header_id|>", "llama-3");
    marks.put("[INST]", "llama-2");
    marks.put("<start_of_turn>", "gemma");
    marks.put("<|user|>", "zephyr");
    return marks.entrySet().stream()
        .filter(mark -> jinja.contains(mark.getKey()))
        .map(mark -> "'" + mark.getValue() + "'")
        .findFirst()
        .orElse("'" + jinja.substring(0, Math.min(60, jinja.length())) + "...'");
  }
}

package dev.temper.trainers.text;

/** The chat template of tokenizers that ship with Temper. */
final class ChatTemplate {

  /** Begin token, what the user says, a line break, the answer, end token. */
  static final String MINIMAL =
      "{{ bos_token }}{% for message in messages %}"
          + "{% if message['role'] == 'user' %}{{ message['content'] + '\\n' }}"
          + "{% elif message['role'] == 'assistant' %}{{ message['content'] + eos_token }}"
          + "{% else %}{{ raise_exception('only user and assistant can speak') }}{% endif %}"
          + "{% endfor %}";

  private ChatTemplate() {}
}

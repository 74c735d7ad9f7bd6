package dev.temper.trainers.template;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/** Conversations as text, by the chat template of a tokenizer. Immutable. */
public final class ChatRenderer {

  private final Template template;
  private final Map<String, Object> specialTokens;
  private final Clock clock;

  /**
   * @param specialTokens by the name that templates know them by, for example {@code bos_token}
   * @param clock of {@code strftime_now}; a fixed one where the same text must come out again
   */
  public ChatRenderer(Template template, Map<String, String> specialTokens, Clock clock) {
    this.template = template;
    this.specialTokens = Map.copyOf(specialTokens);
    this.clock = clock;
  }

  /** Whether the template itself says what the assistant says. */
  public boolean marksGeneration() {
    return template.marksGeneration();
  }

  /**
   * Renders a conversation.
   *
   * @param generationPrompt whether the text ends where the assistant is to speak
   * @throws TemplateException naming the line of the template
   */
  public Rendering render(Conversation conversation, boolean generationPrompt) {
    Map<String, Object> variables = new HashMap<>(specialTokens);
    variables.putAll(conversation.variables());
    variables.put("messages", conversation.shown());
    variables.put("tools", conversation.tools().map(Object.class::cast).orElse(None.NONE));
    variables.put("documents", None.NONE);
    variables.put("add_generation_prompt", generationPrompt);
    return template.render(variables, clock);
  }

  /**
   * The part of the text that an assistant turn adds, found by rendering without and with it.
   *
   * @param turn of the assistant
   * @return in the text of the conversation up to and including that turn
   * @throws TemplateException naming the turn, where the template changes what came before it: what
   *     the model would be asked with is then not what it is trained with
   */
  public Span turn(Conversation conversation, int turn) {
    String asked = render(conversation.first(turn), true).text();
    String answered = render(conversation.first(turn + 1), false).text();
    return new Span(requirePrefix(asked, answered, turn), answered.length());
  }

  private static int requirePrefix(String shorter, String longer, int turn) {
    if (longer.startsWith(shorter)) {
      return shorter.length();
    }
    throw ChangedTurn.of(turn, shorter, longer);
  }
}

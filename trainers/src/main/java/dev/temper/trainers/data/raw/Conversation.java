package dev.temper.trainers.data.raw;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Messages up to a place where the assistant speaks.
 *
 * @param before all that it is given
 * @param answer what it says then, if that is known
 */
record Conversation(List<Message> before, Optional<String> answer) {
  Conversation {
    before = List.copyOf(before);
  }

  /**
   * Cuts messages at the last one of the assistant; what comes after it is left out.
   *
   * @throws WrongShape if the assistant is silent or speaks first
   */
  static Conversation endingInAnswer(List<Message> messages) {
    int last = messages.size() - 1;
    while (last >= 0 && !messages.get(last).role().equals(Message.ASSISTANT)) {
      last--;
    }
    if (last < 0) {
      throw new WrongShape("has no message of the assistant among " + roles(messages));
    }
    if (last == 0) {
      throw new WrongShape("starts with the assistant: nothing is asked");
    }
    return new Conversation(messages.subList(0, last), Optional.of(messages.get(last).content()));
  }

  /** Messages that ask for an answer; one that is already there is taken off. */
  static Conversation asking(List<Message> messages) {
    boolean answered =
        messages.size() > 1 && messages.get(messages.size() - 1).role().equals(Message.ASSISTANT);
    return answered ? endingInAnswer(messages) : new Conversation(messages, Optional.empty());
  }

  /** A row with this before the completion. */
  RawRow asPrompt(String where, Optional<String> completion, Map<String, String> facts) {
    return new RawRow(
        where,
        Optional.of(prompt()),
        isOneRequest() ? List.of() : before,
        completion,
        Optional.empty(),
        facts,
        Optional.empty(),
        OptionalLong.empty(),
        List.of());
  }

  private String prompt() {
    return isOneRequest() ? before.get(0).content() : transcript(before);
  }

  private boolean isOneRequest() {
    return before.size() == 1 && before.get(0).role().equals(Message.USER);
  }

  private static String transcript(List<Message> messages) {
    return messages.stream()
        .map(message -> message.role() + ": " + message.content())
        .collect(Collectors.joining("\n\n"));
  }

  private static List<String> roles(List<Message> messages) {
    return new ArrayList<>(messages.stream().map(Message::role).toList());
  }
}

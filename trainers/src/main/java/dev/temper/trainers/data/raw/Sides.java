package dev.temper.trainers.data.raw;

import java.util.List;

/** The two sides of a preference. */
final class Sides {

  private Sides() {}

  static List<Candidate> of(String chosen, String rejected) {
    return List.of(new Candidate(chosen, 1), new Candidate(rejected, 0));
  }

  /** The text of a list that is one message of the assistant. */
  static String onlyAnswer(List<Message> messages, String field) {
    if (messages.size() != 1 || !messages.get(0).role().equals(Message.ASSISTANT)) {
      throw new WrongShape(
          "'%s' must be one message of the assistant, got %s"
              .formatted(field, messages.stream().map(Message::role).toList()));
    }
    return messages.get(0).content();
  }
}

package dev.temper.trainers.text;

import dev.temper.trainers.StageFailure;
import dev.temper.trainers.template.Conversation;
import java.util.List;

/** The turns of a conversation that are trained. */
final class TrainedTurns {

  private TrainedTurns() {}

  /**
   * @throws StageFailure DataContract where the assistant does not speak, or not last and only its
   *     last turn was to be trained
   */
  static List<Integer> of(Conversation conversation, Turns turns) {
    List<Integer> answers = conversation.assistantTurns();
    int last = conversation.turns() - 1;
    if (turns == Turns.FINAL && !answers.contains(last)) {
      throw refused(
          "messages[%d] has the role '%s'; the last message must be the assistant's to be trained"
              .formatted(last, conversation.role(last)));
    }
    if (answers.isEmpty()) {
      throw refused("none of %d messages is the assistant's".formatted(conversation.turns()));
    }
    return turns == Turns.FINAL ? List.of(last) : answers;
  }

  static boolean[] mask(int[] ones) {
    boolean[] mask = new boolean[ones.length];
    for (int i = 0; i < ones.length; i++) {
      mask[i] = ones[i] == 1;
    }
    return mask;
  }

  private static StageFailure refused(String message) {
    return new StageFailure(StageFailure.Type.DATA_CONTRACT, message);
  }
}

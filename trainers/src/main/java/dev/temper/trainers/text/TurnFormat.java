package dev.temper.trainers.text;

import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.template.Conversation;
import java.util.List;

/** How conversations become token ids. */
interface TurnFormat {

  /** What the model sees before it answers a conversation. */
  int[] prompt(Conversation asked);

  /** A conversation that ends with the user, and the answer to it, end of turn included. */
  Sequence answered(Conversation asked, String answer);

  /** A conversation to train on; at least one sequence. */
  List<Sequence> sequences(Conversation conversation, Turns turns);
}

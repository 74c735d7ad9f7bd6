package dev.temper.trainers.data.raw;

import java.util.ArrayList;
import java.util.List;

/**
 * A conversation in one text, whose turns start with {@code \n\nHuman:} and {@code \n\nAssistant:}.
 */
final class Transcript {

  static final String HUMAN = "\n\nHuman:";
  static final String ASSISTANT = "\n\nAssistant:";

  private Transcript() {}

  /** Its turns, without the space around what is said; what stands before the first is left out. */
  static List<Message> turns(String transcript) {
    List<Message> turns = new ArrayList<>();
    int start = next(transcript, 0);
    while (start < transcript.length()) {
      boolean human = transcript.startsWith(HUMAN, start);
      int from = start + (human ? HUMAN : ASSISTANT).length();
      int end = next(transcript, from);
      turns.add(
          new Message(
              human ? Message.USER : Message.ASSISTANT, transcript.substring(from, end).strip()));
      start = end;
    }
    return turns;
  }

  private static int next(String transcript, int from) {
    int human = transcript.indexOf(HUMAN, from);
    int assistant = transcript.indexOf(ASSISTANT, from);
    int end = transcript.length();
    return Math.min(human < 0 ? end : human, assistant < 0 ? end : assistant);
  }
}

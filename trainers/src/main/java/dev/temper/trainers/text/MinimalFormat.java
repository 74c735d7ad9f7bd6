package dev.temper.trainers.text;

import dev.temper.trainers.StageFailure;
import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.template.Conversation;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The format of tokenizers that ship with Temper, every text tokenized apart: begin token; a user's
 * text and a line break; the assistant's text and end token.
 */
final class MinimalFormat implements TurnFormat {

  private final Tokenizer tokenizer;
  private final PlainText plain;

  MinimalFormat(Tokenizer tokenizer, PlainText plain) {
    this.tokenizer = tokenizer;
    this.plain = plain;
  }

  @Override
  public int[] prompt(Conversation asked) {
    IntStream ids = IntStream.of(tokenizer.bosId());
    for (int turn = 0; turn < asked.turns(); turn++) {
      ids = IntStream.concat(ids, IntStream.of(turn(asked, turn)));
    }
    return ids.toArray();
  }

  private int[] turn(Conversation conversation, int turn) {
    return switch (conversation.role(turn)) {
      case "user" -> plain.encode(conversation.content(turn) + "\n");
      case "assistant" -> completion(conversation.content(turn));
      default ->
          throw new StageFailure(
              StageFailure.Type.DATA_CONTRACT,
              "messages[%d] has the role '%s', and the chat template of tokenizer '%s' knows user and assistant alone"
                  .formatted(turn, conversation.role(turn), tokenizer.origin()));
    };
  }

  int[] completion(String text) {
    int[] answer = plain.encode(text);
    int[] ids = Arrays.copyOf(answer, answer.length + 1);
    ids[answer.length] = tokenizer.eosId();
    return ids;
  }

  @Override
  public Sequence answered(Conversation asked, String answer) {
    return new Sequence(prompt(asked), completion(answer));
  }

  @Override
  public List<Sequence> sequences(Conversation conversation, Turns turns) {
    List<Integer> answers = TrainedTurns.of(conversation, turns);
    if (turns == Turns.ALL) {
      return List.of(together(conversation, answers));
    }
    return answers.stream()
        .map(
            turn ->
                new Sequence(
                    prompt(conversation.first(turn)), completion(conversation.content(turn))))
        .toList();
  }

  private Sequence together(Conversation conversation, List<Integer> answers) {
    int first = answers.get(0);
    int last = answers.get(answers.size() - 1);
    IntStream ids = IntStream.empty();
    IntStream mask = IntStream.empty();
    for (int turn = first; turn <= last; turn++) {
      int[] tokens = turn(conversation, turn);
      int trained = answers.contains(turn) ? 1 : 0;
      ids = IntStream.concat(ids, IntStream.of(tokens));
      mask = IntStream.concat(mask, IntStream.generate(() -> trained).limit(tokens.length));
    }
    return Sequence.masked(
        prompt(conversation.first(first)), ids.toArray(), TrainedTurns.mask(mask.toArray()));
  }
}

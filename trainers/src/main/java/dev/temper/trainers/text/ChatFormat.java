package dev.temper.trainers.text;

import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.data.Row;
import dev.temper.trainers.data.raw.Message;
import dev.temper.trainers.model.Completion;
import dev.temper.trainers.model.Sequence;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How prompts and completions become token ids.
 *
 * <pre>
 *   prompt      begin token, ids of the text and a line break
 *   completion  ids of the text, end token
 *   document    ids of the text; the begin token is its prompt, and there is no end token
 * </pre>
 *
 * <p>Prompt and completion are tokenized apart, so what is trained is known by position and never
 * by id. The end of turn is trained after completions and never shown in documents: a model that
 * was only pretrained does not know when to stop.
 */
public final class ChatFormat {

  private final Tokenizer tokenizer;

  /**
   * @throws StageFailure DataContract naming the tokenizer's chat template if it is another one
   */
  public ChatFormat(Tokenizer tokenizer) {
    ChatTemplate.of(tokenizer.chatTemplate(), tokenizer.origin());
    this.tokenizer = tokenizer;
  }

  /** What the model sees before it answers. */
  public int[] prompt(Prompt prompt) {
    if (!prompt.messages().isEmpty()) {
      return conversation(prompt.messages());
    }
    int[] text = encode(prompt.text() + "\n");
    int[] ids = new int[text.length + 1];
    ids[0] = tokenizer.bosId();
    System.arraycopy(text, 0, ids, 1, text.length);
    return ids;
  }

  private int[] conversation(List<Message> messages) {
    IntStream ids = IntStream.of(tokenizer.bosId());
    for (Message message : messages) {
      ids =
          switch (message.role()) {
            case "user" -> IntStream.concat(ids, IntStream.of(encode(message.content() + "\n")));
            case "assistant" -> IntStream.concat(ids, IntStream.of(completion(message.content())));
            default ->
                throw new StageFailure(
                    StageFailure.Type.DATA_CONTRACT,
                    "the chat template of tokenizer '%s' has no place for the role '%s': only user and assistant can speak"
                        .formatted(tokenizer.origin(), message.role()));
          };
    }
    return ids.toArray();
  }

  /** What the model is to answer, end of turn included. */
  public int[] completion(String text) {
    int[] answer = encode(text);
    int[] ids = Arrays.copyOf(answer, answer.length + 1);
    ids[answer.length] = tokenizer.eosId();
    return ids;
  }

  /** A plain document. */
  public int[] document(String text) {
    return encode(text);
  }

  /** What stands before a plain document. */
  public int[] documentPrompt() {
    return new int[] {tokenizer.bosId()};
  }

  /** Natural text of a completion, without special tokens. */
  public String text(Completion completion) {
    return tokenizer.decode(completion.tokens());
  }

  /** A row to train on; its token ids as they are where another stage made them. */
  public Sequence sequence(Row row) {
    return new Sequence(
        prompt(row.prompt()), row.tokens().orElseGet(() -> completion(row.completion())));
  }

  /** A sampled completion with its prompt. */
  public Sequence sequence(Prompt prompt, Completion completion) {
    return new Sequence(prompt(prompt), completion.tokens());
  }

  private int[] encode(String text) {
    for (SpecialTokens.Token token : tokenizer.special().all()) {
      if (text.contains(token.text())) {
        throw new StageFailure(
            StageFailure.Type.DATA_CONTRACT,
            "text contains '%s', which is a special token of tokenizer '%s': %s"
                .formatted(token.text(), tokenizer.origin(), start(text)));
      }
    }
    return tokenizer.encode(text);
  }

  private static String start(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "...";
  }
}

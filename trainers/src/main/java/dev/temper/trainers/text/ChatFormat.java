package dev.temper.trainers.text;

import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.data.Row;
import dev.temper.trainers.data.raw.Message;
import dev.temper.trainers.model.Completion;
import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.template.Conversation;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * How prompts and completions become token ids: by the tokenizer's own chat template, or, where it
 * has none or the one of the tokenizers that ship with Temper, so:
 *
 * <pre>
 *   prompt      begin token, ids of the text and a line break
 *   completion  ids of the text, end token
 *   document    ids of the text; the begin token is its prompt, and there is no end token
 * </pre>
 *
 * <p>What is trained is known by position and never by id. The end of turn is trained after
 * completions and never shown in documents: a model that was only pretrained does not know when to
 * stop.
 */
public final class ChatFormat {

  private final Tokenizer tokenizer;
  private final PlainText plain;
  private final MinimalFormat minimal;
  private final TurnFormat format;

  /**
   * @throws StageFailure DataContract naming the tokenizer's chat template, and the line that
   *     cannot be read
   */
  public ChatFormat(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    boolean own = own(tokenizer.templates());
    this.plain =
        new PlainText(
            tokenizer,
            own
                ? tokenizer.special().marks()
                : tokenizer.special().all().stream().map(SpecialTokens.Token::text).toList());
    this.minimal = new MinimalFormat(tokenizer, plain);
    this.format = own ? new TemplateFormat(tokenizer, plain) : minimal;
  }

  private static boolean own(ChatTemplates templates) {
    return !templates.none()
        && !templates.byName().equals(Map.of(ChatTemplates.DEFAULT, ChatTemplate.MINIMAL));
  }

  /** What the model sees before it answers. */
  public int[] prompt(Prompt prompt) {
    return prompt.messages().isEmpty()
        ? format.prompt(Conversation.user(prompt.text()))
        : prompt(conversation(prompt.messages()));
  }

  int[] prompt(Conversation asked) {
    requireTemplate();
    return format.prompt(asked);
  }

  private static Conversation conversation(List<Message> messages) {
    Conversation conversation = Conversation.NONE;
    for (Message message : messages) {
      conversation = conversation.and(message.role(), message.content());
    }
    return conversation;
  }

  /** What the model is to answer to one request, end of turn included. */
  public int[] completion(String text) {
    return format == minimal
        ? minimal.completion(text)
        : format.answered(Conversation.user("-"), text).completion();
  }

  /**
   * Token ids of an answer that another program gave as text, as they are and not as a template
   * would render them; with the end of turn where the answer ended.
   */
  public int[] spoken(String text, boolean ended) {
    int[] ids = tokenizer.encode(text);
    if (!ended) {
      return ids;
    }
    int[] turn = completion("-");
    int[] whole = Arrays.copyOf(ids, ids.length + 1);
    whole[ids.length] = turn[turn.length - 1];
    return whole;
  }

  /**
   * The token that ends the assistant's turns.
   *
   * @return empty where the chat template refuses a plain question, or ends with no special token
   */
  public OptionalInt endOfTurn() {
    int[] answer;
    try {
      answer = completion("-");
    } catch (StageFailure e) {
      // Whoever trains with such a template is told then, about a conversation of theirs.
      return OptionalInt.empty();
    }
    int last = answer[answer.length - 1];
    return tokenizer.endsTurn(last) ? OptionalInt.of(last) : OptionalInt.empty();
  }

  private void requireTemplate() {
    if (tokenizer.templates().none()) {
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT,
          "rows with messages need a chat template, and tokenizer '%s' has none: '%s' has no chat_template and there is no '%s'"
              .formatted(tokenizer.origin(), TokenizerFiles.CONFIG, TokenizerFiles.TEMPLATE));
    }
  }

  /** A plain document. */
  public int[] document(String text) {
    return plain.encode(text);
  }

  /** What stands before a plain document. */
  public int[] documentPrompt() {
    return new int[] {tokenizer.bosId()};
  }

  /** Natural text of a completion, without special tokens. */
  public String text(Completion completion) {
    return tokenizer.decode(completion.tokens());
  }

  /** A row to train on, its last turn alone. */
  public Sequence sequence(Row row) {
    return sequences(row, Turns.FINAL).get(0);
  }

  /**
   * A row to train on; its token ids as they are where another stage made them.
   *
   * @return one sequence, or one for each turn of the assistant where turns are unrolled
   * @throws StageFailure DataContract saying which message is in the way, and why
   */
  public List<Sequence> sequences(Row row, Turns turns) {
    Prompt asked = row.prompt();
    if (row.tokens().isPresent()) {
      return List.of(new Sequence(prompt(asked), row.tokens().get()));
    }
    return asked.messages().isEmpty()
        ? List.of(format.answered(Conversation.user(asked.text()), row.completion()))
        : sequences(conversation(asked.messages()).answered(row.completion()), turns);
  }

  List<Sequence> sequences(Conversation conversation, Turns turns) {
    requireTemplate();
    return format.sequences(conversation, turns);
  }

  /** A sampled completion with its prompt. */
  public Sequence sequence(Prompt prompt, Completion completion) {
    return new Sequence(prompt(prompt), completion.tokens());
  }
}

package dev.temper.trainers.text;

import dev.temper.trainers.StageFailure;
import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.template.ChatRenderer;
import dev.temper.trainers.template.Conversation;
import dev.temper.trainers.template.Rendering;
import dev.temper.trainers.template.Span;
import dev.temper.trainers.template.Template;
import dev.temper.trainers.template.TemplateException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The format of a tokenizer's own chat template. The text is tokenized without adding special
 * tokens, since the template writes them; what is trained is found by position in the text.
 */
final class TemplateFormat implements TurnFormat {

  /** What {@code strftime_now} says: another day must not make another text. */
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2024-07-26T12:00:00Z"), ZoneOffset.UTC);

  private final Tokenizer tokenizer;
  private final PlainText plain;
  private final Map<String, ChatRenderer> renderers = new TreeMap<>();

  /**
   * @throws StageFailure DataContract naming a template that cannot be read, and its line
   */
  TemplateFormat(Tokenizer tokenizer, PlainText plain) {
    this.tokenizer = tokenizer;
    this.plain = plain;
    tokenizer
        .templates()
        .byName()
        .forEach(
            (name, source) ->
                renderers.put(
                    name,
                    new ChatRenderer(
                        named(name, () -> Template.of(source)),
                        tokenizer.special().named(),
                        CLOCK)));
  }

  @Override
  public int[] prompt(Conversation asked) {
    return tokenizer.encode(render(asked, true).text());
  }

  @Override
  public Sequence answered(Conversation asked, String answer) {
    Conversation answered = asked.answered(answer);
    return finalTurn(answered, answered.turns() - 1);
  }

  @Override
  public List<Sequence> sequences(Conversation conversation, Turns turns) {
    List<Integer> answers = TrainedTurns.of(conversation, turns);
    if (turns == Turns.ALL) {
      return List.of(sequence(render(conversation, false).text(), spans(conversation, answers)));
    }
    return answers.stream().map(turn -> finalTurn(conversation.first(turn + 1), turn)).toList();
  }

  private Sequence finalTurn(Conversation conversation, int turn) {
    Rendering rendering = render(conversation, false);
    if (renderer(conversation).marksGeneration()) {
      int before = render(conversation.first(turn), false).generated().size();
      List<Span> marked = rendering.generated();
      return sequence(
          rendering.text(),
          required(marked.subList(Math.min(before, marked.size()), marked.size()), turn));
    }
    return sequence(
        rendering.text(), List.of(end(added(conversation, turn), conversation, turn).preferred()));
  }

  private List<Span> spans(Conversation conversation, List<Integer> answers) {
    Rendering whole = render(conversation, false);
    if (renderer(conversation).marksGeneration()) {
      return required(whole.generated(), answers.get(0));
    }
    return answers.stream()
        .map(
            turn ->
                named(
                    conversation,
                    () -> {
                      Conversation first = conversation.first(turn + 1);
                      return end(added(conversation, turn), first, turn)
                          .stable(render(first, false).text(), whole.text(), turn);
                    }))
        .toList();
  }

  private Span added(Conversation conversation, int turn) {
    plain.require(conversation.messages());
    return named(conversation, () -> renderer(conversation).turn(conversation, turn));
  }

  private TurnEnd end(Span added, Conversation conversation, int turn) {
    TurnEnd end = TurnEnd.of(render(conversation, false).text(), added, tokenizer.special());
    if (end.candidates().isEmpty()) {
      throw refused(
          conversation,
          "messages[%d] ends with no special token, so that the model would never learn to stop"
              .formatted(turn));
    }
    return end;
  }

  private List<Span> required(List<Span> marked, int turn) {
    if (marked.isEmpty()) {
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT,
          "the chat template of tokenizer '%s' marks nothing of messages[%d] by {%% generation %%}"
              .formatted(tokenizer.origin(), turn));
    }
    return marked;
  }

  private Sequence sequence(String text, List<Span> spans) {
    TokenizedText tokens = TokenizedText.of(text, spans, tokenizer);
    boolean[] trained = tokens.inside(spans);
    int first = 0;
    while (first < trained.length && !trained[first]) {
      first++;
    }
    int end = trained.length;
    while (end > first && !trained[end - 1]) {
      end--;
    }
    // What stands first has nothing that it could be predicted from.
    first = Math.max(first, 1);
    if (first >= end) {
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT,
          "no token of the assistant's turn is left to train on: " + text);
    }
    return Sequence.masked(
        Arrays.copyOf(tokens.ids(), first),
        Arrays.copyOfRange(tokens.ids(), first, end),
        Arrays.copyOfRange(trained, first, end));
  }

  private Rendering render(Conversation conversation, boolean generationPrompt) {
    plain.require(conversation.messages());
    conversation.tools().ifPresent(plain::require);
    return named(conversation, () -> renderer(conversation).render(conversation, generationPrompt));
  }

  private String name(Conversation conversation) {
    return tokenizer.templates().name(conversation.tools().isPresent());
  }

  private ChatRenderer renderer(Conversation conversation) {
    ChatRenderer renderer = renderers.get(name(conversation));
    if (renderer == null) {
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT,
          "tokenizer '%s' has the chat templates %s and none named '%s'"
              .formatted(tokenizer.origin(), renderers.keySet(), name(conversation)));
    }
    return renderer;
  }

  private <T> T named(Conversation conversation, Supplier<T> work) {
    return named(name(conversation), work);
  }

  private <T> T named(String name, Supplier<T> work) {
    try {
      return work.get();
    } catch (TemplateException e) {
      throw refused(
          name,
          e.kind() == TemplateException.Kind.RAISED
              ? "refuses this conversation: " + e.getMessage()
              : "cannot be rendered: " + e.getMessage(),
          e);
    }
  }

  private StageFailure refused(Conversation conversation, String reason) {
    return refused(name(conversation), "is of no use for training: " + reason, null);
  }

  private StageFailure refused(String name, String reason, Throwable cause) {
    return new StageFailure(
        StageFailure.Type.DATA_CONTRACT,
        "the chat template '%s' of tokenizer '%s' (%s) %s"
            .formatted(name, tokenizer.origin(), tokenizer.templateFile(name), reason),
        cause);
  }
}

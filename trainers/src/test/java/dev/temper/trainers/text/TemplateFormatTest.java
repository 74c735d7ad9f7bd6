package dev.temper.trainers.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.data.Row;
import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.template.Conversation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateFormatTest {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String[] SPECIAL = {
    "<BOS>",
    "<EOS>",
    "<|im_start|>",
    "<|im_end|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eot_id|>",
    "<start_of_turn>",
    "<end_of_turn>",
    "<|end|>"
  };
  private static final String THOUGHTFUL =
      """
      [{"role": "user", "content": "2+2?"},
       {"role": "assistant", "content": "<think>\\nTwo and two.\\n</think>\\n\\n4"},
       {"role": "user", "content": "3+3?"},
       {"role": "assistant", "content": "<think>\\nThree twice.\\n</think>\\n\\n6"}]""";

  @TempDir Path folder;

  private final List<Tokenizer> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(Tokenizer::close);
  }

  @ParameterizedTest
  @CsvSource({
    "chatml, <|im_end|>, '', false",
    "qwen2.5, <|im_end|>, '', false",
    "llama3, <|eot_id|>, '', false",
    "llama3-tools, <|eot_id|>, '', false",
    "gemma, <end_of_turn>, '', false",
    "zephyr, <EOS>, '', false",
    "olmo2, <EOS>, '', false",
    "mistral, <EOS>, ' ', false",
    "llama2, ' <EOS>', ' ', false",
    "smollm, <|im_end|>, '', true",
    "phi3, <|end|>, '', false"
  })
  void exactlyWhatTheAssistantSaysAndTheEndOfItsTurnIsTrained(
      String family, String end, String start, boolean marked) throws IOException {
    Tokenizer tokenizer = tokenizer(family, "<EOS>");
    ChatFormat format = new ChatFormat(tokenizer);
    Random random = new Random(11);
    for (int round = 0; round < 8; round++) {
      List<String> said = IntStream.range(0, 6).mapToObj(i -> words(random)).toList();
      Conversation conversation = alternating(said);
      List<String> answers = List.of(1, 3, 5).stream().map(i -> start + said.get(i) + end).toList();

      Sequence all = format.sequences(conversation, Turns.ALL).get(0);
      assertThat(trained(all, tokenizer)).isEqualTo(last(family, String.join("", answers)));

      List<Sequence> alone = format.sequences(conversation, Turns.UNROLLED);
      assertThat(alone.stream().map(one -> trained(one, tokenizer)).toList())
          .isEqualTo(answers.stream().map(answer -> last(family, answer)).toList());
      assertThat(alone).allMatch(one -> one.mask().isEmpty());
      for (int turn = 0; turn < alone.size(); turn++) {
        // What is trained is what the model is asked with, token by token.
        assertThat(alone.get(turn).prompt())
            .isEqualTo(format.prompt(conversation.first(2 * turn + 1)));
      }
      assertThat(trained(format.sequences(conversation, Turns.FINAL).get(0), tokenizer))
          .isEqualTo(last(family, answers.get(2)));
    }
  }

  /** Phi 3 ends a conversation with the end token besides that of the turn. */
  private static String last(String family, String trained) {
    return family.equals("phi3") ? trained.replaceAll("<\\|end\\|>$", "<|end|>\n<EOS>") : trained;
  }

  @Test
  void paddingThatIsTheEndTokenIsTrainedWhereATurnEnds() throws IOException {
    ByteTokenizer files = new ByteTokenizer(SPECIAL);
    files.token("eos_token", "<|im_end|>").token("pad_token", "<|im_end|>");
    Tokenizer tokenizer = keep(files.write(folder, Optional.of(family("chatml"))));
    Sequence all =
        new ChatFormat(tokenizer)
            .sequences(alternating(List.of("One?", "Uno.", "Two?", "Due.")), Turns.ALL)
            .get(0);
    assertThat(tokenizer.padId()).isEqualTo(tokenizer.eosId());
    int ends = 0;
    int trainedEnds = 0;
    for (int t = 0; t < all.completion().length; t++) {
      boolean end = all.completion()[t] == tokenizer.eosId();
      ends += end ? 1 : 0;
      trainedEnds += end && all.trained(t) ? 1 : 0;
    }
    assertThat(ends).isEqualTo(3);
    assertThat(trainedEnds).isEqualTo(2);
  }

  @Test
  void theBeginTokenOfTheTemplateIsNotDoubled() throws IOException {
    Tokenizer tokenizer = tokenizer("llama3", "<|eot_id|>", "add_bos_token", "true");
    int[] prompt = new ChatFormat(tokenizer).prompt(new Prompt("Hi.", Map.of(), 0));
    assertThat(prompt[0]).isEqualTo(tokenizer.bosId());
    assertThat(Arrays.stream(prompt).filter(id -> id == tokenizer.bosId()).count()).isEqualTo(1);
  }

  @Test
  void aRowIsRenderedByTheTemplate() throws IOException {
    Tokenizer tokenizer = tokenizer("qwen3", "<|im_end|>");
    ChatFormat format = new ChatFormat(tokenizer);
    Prompt prompt = new Prompt("hello?", Map.of(), 0);
    Sequence sequence = format.sequence(new Row(prompt, "hell a", Optional.empty()));
    assertThat(tokenizer.decodeAll(sequence.prompt()))
        .isEqualTo("<|im_start|>user\nhello?<|im_end|>\n<|im_start|>assistant\n");
    assertThat(tokenizer.decodeAll(sequence.completion()))
        .isEqualTo("<think>\n\n</think>\n\nhell a<|im_end|>");
    assertThat(sequence.prompt()).isEqualTo(format.prompt(prompt));
    int[] made = {1, 2};
    assertThat(format.sequence(new Row(prompt, "x", Optional.of(made))).completion())
        .isSameAs(made);
  }

  @Test
  void aTemplateThatChangesEarlierTurnsIsRefusedUnlessTheyAreUnrolled() throws IOException {
    Tokenizer tokenizer = tokenizer("qwen3", "<|im_end|>");
    ChatFormat format = new ChatFormat(tokenizer);
    Conversation conversation = conversation(THOUGHTFUL);
    assertThatThrownBy(() -> format.sequences(conversation, Turns.ALL))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("messages[1] is not prefix stable")
        .hasMessageContaining("unrolled");
    List<Sequence> alone = format.sequences(conversation, Turns.UNROLLED);
    assertThat(trained(alone.get(0), tokenizer))
        .isEqualTo("<think>\nTwo and two.\n</think>\n\n4<|im_end|>");
    assertThat(tokenizer.decodeAll(alone.get(1).prompt()))
        .contains("assistant\n4<|im_end|>")
        .doesNotContain("Two and two");
  }

  @Test
  void aGenerationPromptThatTheAnswerDoesNotStartWithIsRefused() throws IOException {
    ChatFormat format = new ChatFormat(tokenizer("deepseek-r1", "<EOS>"));
    assertThatThrownBy(() -> format.sequences(alternating(List.of("Hi.", "Hello.")), Turns.FINAL))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("messages[1] is not prefix stable: '<think>\\n'");
  }

  @Test
  void aTokenThatWouldLieAcrossTheStartOfATurnIsCut() throws IOException {
    String template =
        "{% for m in messages %}{{ m.role[0] ~ ':' ~ m.content }}"
            + "{{ eos_token if m.role == 'assistant' else '\\n' }}{% endfor %}"
            + "{{ 'a:' if add_generation_prompt }}";
    Tokenizer tokenizer = inline(template);
    ChatFormat format = new ChatFormat(tokenizer);
    for (String answer : List.of("\n\nx", " a", "hell", ": :")) {
      for (String question : List.of("q\n", "he", "q ", "🎉")) {
        Conversation conversation = alternating(List.of(question, answer));
        Sequence sequence = format.sequences(conversation, Turns.FINAL).get(0);
        assertThat(sequence.prompt()).isEqualTo(format.prompt(conversation.first(1)));
        assertThat(tokenizer.decodeAll(sequence.completion())).isEqualTo(answer + "<EOS>");
      }
    }
  }

  @Test
  void whatATemplateRefusesIsNamedWithItsFileAndLine() throws IOException {
    ChatFormat format = new ChatFormat(tokenizer("gemma", "<EOS>"));
    assertThatThrownBy(
            () ->
                format.prompt(
                    conversation(
                        "[{\"role\": \"system\", \"content\": \"a\"},"
                            + " {\"role\": \"user\", \"content\": \"b\"}]")))
        .isInstanceOfSatisfying(
            StageFailure.class,
            e -> assertThat(e.type()).isEqualTo(StageFailure.Type.DATA_CONTRACT))
        .hasMessageContaining("tokenizer_config.json")
        .hasMessageContaining("line 2: no system turn");
  }

  @Test
  void aTemplateThatCannotBeReadIsNamedWithItsFileAndLine() throws IOException {
    Tokenizer tokenizer = inline("ok\n{% if x %}\n{{ 1 + }}");
    assertThatThrownBy(() -> new ChatFormat(tokenizer))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("'default'")
        .hasMessageContaining("tokenizer_config.json")
        .hasMessageContaining("line 3: expected an expression, got '}}'");
  }

  @Test
  void messagesNeedATemplate() throws IOException {
    Tokenizer tokenizer =
        keep(
            new ByteTokenizer(SPECIAL)
                .token("bos_token", "<BOS>")
                .token("eos_token", "<EOS>")
                .write(folder, Optional.empty()));
    assertThatThrownBy(() -> new ChatFormat(tokenizer).prompt(Conversation.user("Hi.")))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("'tokenizer_config.json' has no chat_template")
        .hasMessageContaining("no 'chat_template.jinja'");
  }

  @Test
  void aTurnThatHasNoEndIsRefused() throws IOException {
    Tokenizer tokenizer = inline("{% for m in messages %}{{ m.content }}\n{% endfor %}");
    assertThatThrownBy(
            () -> new ChatFormat(tokenizer).sequences(alternating(List.of("a", "b")), Turns.FINAL))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("messages[1] ends with no special token");
  }

  @Test
  void specialTokensInWhatIsSaidAreRefused() throws IOException {
    ChatFormat format = new ChatFormat(tokenizer("chatml", "<|im_end|>"));
    assertThatThrownBy(() -> format.prompt(Conversation.user("a<|im_end|>\n<|im_start|>system")))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("special token of tokenizer");
  }

  @Test
  void onlyTheAssistantCanBeTrained() throws IOException {
    ChatFormat format = new ChatFormat(tokenizer("chatml", "<|im_end|>"));
    assertThatThrownBy(() -> format.sequences(alternating(List.of("a", "b", "c")), Turns.FINAL))
        .hasMessageContaining("messages[2] has the role 'user'");
    assertThatThrownBy(() -> format.sequences(Conversation.user("a"), Turns.ALL))
        .hasMessageContaining("none of 1 messages is the assistant's");
  }

  @Test
  void toolsHaveTheirTemplateAndToolResultsAreNotTrained() throws IOException {
    ByteTokenizer files = new ByteTokenizer(SPECIAL).token("eos_token", "<|im_end|>");
    files.config(
        "chat_template",
        JSON.writeValueAsString(
            List.of(
                Map.of("name", "default", "template", family("chatml")),
                Map.of("name", "tool_use", "template", family("qwen2.5")))));
    Tokenizer tokenizer = keep(files.write(folder, Optional.empty()));
    ChatFormat format = new ChatFormat(tokenizer);
    Conversation conversation =
        Conversation.of(
            JSON.readTree(
                """
                [{"role": "user", "content": "Weather?"},
                 {"role": "assistant", "content": "",
                  "tool_calls": [{"function": {"name": "look", "arguments": {"at": "sky"}}}]},
                 {"role": "tool", "content": "blue"},
                 {"role": "assistant", "content": "Blue."}]"""),
            JSON.readTree("[{\"name\": \"look\"}]"),
            JSON.nullNode());
    assertThat(trained(format.sequences(conversation, Turns.ALL).get(0), tokenizer))
        .isEqualTo(
            "\n<tool_call>\n{\"name\": \"look\", \"arguments\": {\"at\": \"sky\"}}\n</tool_call>"
                + "<|im_end|>Blue.<|im_end|>");
    assertThat(tokenizer.decodeAll(format.prompt(Conversation.user("Hi."))))
        .doesNotContain("helpful");
  }

  @Test
  void theMinimalFormatTakesConversationsToo() {
    Tokenizer tokenizer = keep(Tokenizer.builtIn("kind-notes"));
    ChatFormat format = new ChatFormat(tokenizer);
    Conversation conversation =
        alternating(
            List.of("Say backward: tea soup.", "soup tea.", "Say backward: bed tea.", "tea bed."));
    Sequence all = format.sequences(conversation, Turns.ALL).get(0);
    assertThat(tokenizer.decodeAll(all.prompt())).isEqualTo("<bos>Say backward: tea soup.\n");
    assertThat(trained(all, tokenizer)).isEqualTo("soup tea.<eos>tea bed.<eos>");
    assertThat(tokenizer.decodeAll(all.completion()))
        .isEqualTo("soup tea.<eos>Say backward: bed tea.\ntea bed.<eos>");
    assertThat(format.sequences(conversation, Turns.UNROLLED)).hasSize(2);
    assertThat(trained(format.sequences(conversation, Turns.FINAL).get(0), tokenizer))
        .isEqualTo("tea bed.<eos>");
  }

  private static String trained(Sequence sequence, Tokenizer tokenizer) {
    return tokenizer.decodeAll(
        IntStream.range(0, sequence.completion().length)
            .filter(sequence::trained)
            .map(t -> sequence.completion()[t])
            .toArray());
  }

  private static String words(Random random) {
    List<String> words =
        List.of(
            "hello", "a", "🎉", "Größe", "日本", "x\n\ny", "he ll", "1+1=2", "👩‍👩‍👧", "{{ b }}");
    return IntStream.range(0, 1 + random.nextInt(4))
        .mapToObj(i -> words.get(random.nextInt(words.size())))
        .collect(Collectors.joining(" "));
  }

  private static Conversation alternating(List<String> said) {
    List<Map<String, Object>> messages = new ArrayList<>();
    for (int i = 0; i < said.size(); i++) {
      messages.add(Map.of("role", i % 2 == 0 ? "user" : "assistant", "content", said.get(i)));
    }
    return new Conversation(messages, Optional.empty(), Map.of());
  }

  private static Conversation conversation(String json) throws IOException {
    return Conversation.of(JSON.readTree(json), JSON.nullNode(), JSON.nullNode());
  }

  private Tokenizer tokenizer(String family, String eos, String... config) throws IOException {
    ByteTokenizer files = new ByteTokenizer(SPECIAL);
    files.token("bos_token", "<BOS>").token("eos_token", eos).token("pad_token", eos);
    for (int i = 0; i < config.length; i += 2) {
      files.config(config[i], config[i + 1]);
    }
    return keep(files.write(folder, Optional.of(family(family))));
  }

  private Tokenizer inline(String template) throws IOException {
    return keep(
        new ByteTokenizer(SPECIAL)
            .token("eos_token", "<EOS>")
            .write(folder, Optional.of(template)));
  }

  private static String family(String name) throws IOException {
    return Files.readString(Path.of("src/test/resources/templates/families", name + ".jinja"));
  }

  private Tokenizer keep(Tokenizer tokenizer) {
    opened.add(tokenizer);
    return tokenizer;
  }
}

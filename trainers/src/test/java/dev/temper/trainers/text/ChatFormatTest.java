package dev.temper.trainers.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.data.Row;
import dev.temper.trainers.model.Completion;
import dev.temper.trainers.model.Sequence;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatFormatTest {

  private static final Prompt PROMPT =
      new Prompt("Say backward: tea soup.", Map.of("answer", "soup tea."), 5);

  @TempDir Path folder;

  private final Tokenizer tokenizer = Tokenizer.builtIn("kind-notes");
  private final ChatFormat format = new ChatFormat(tokenizer);

  @AfterEach
  void close() {
    tokenizer.close();
  }

  @Test
  void aPromptIsBeginTextAndLineBreak() {
    int[] ids = format.prompt(PROMPT);
    assertThat(ids).hasSize(8);
    assertThat(ids[0]).isEqualTo(tokenizer.bosId());
    assertThat(tokenizer.decode(ids)).isEqualTo("Say backward: tea soup.\n");
  }

  @Test
  void aCompletionIsTextAndEnd() {
    int[] ids = format.completion("soup tea.");
    assertThat(ids).hasSize(4);
    assertThat(ids[3]).isEqualTo(tokenizer.eosId());
    assertThat(tokenizer.decode(ids)).isEqualTo("soup tea.");
  }

  @Test
  void aDocumentHasNoEndAndIsPromptedByTheBeginToken() {
    assertThat(format.document("The soup was lovely."))
        .hasSize(5)
        .doesNotContain(tokenizer.eosId(), tokenizer.bosId());
    assertThat(format.documentPrompt()).containsExactly(tokenizer.bosId());
  }

  @Test
  void whatIsTrainedIsKnownByPosition() {
    Sequence sequence = format.sequence(new Row(PROMPT, "soup tea.", Optional.empty()));
    assertThat(sequence.prompt()).isEqualTo(format.prompt(PROMPT));
    assertThat(sequence.completion()).isEqualTo(format.completion("soup tea."));
  }

  @Test
  void tokenIdsOfAnotherStageAreKeptAsTheyAre() {
    int[] ids = {50, 60, 1};
    Row row = new Row(PROMPT, "whatever", Optional.of(ids));
    assertThat(format.sequence(row).completion()).isSameAs(ids);
  }

  @Test
  void theTextOfACompletionHasNoEndToken() {
    Completion completion = new Completion(format.completion("soup tea."), new float[4], true);
    assertThat(format.text(completion)).isEqualTo("soup tea.");
    assertThat(format.sequence(PROMPT, completion).completion()).isSameAs(completion.tokens());
  }

  @Test
  void textThatContainsASpecialTokenIsRefused() {
    assertThatThrownBy(() -> format.completion("soup <eos> tea."))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("'<eos>'");
  }

  @Test
  void aTokenizerWithoutTemplateGetsTheMinimalOne() throws IOException {
    writeFolder("{\"bos_token\": \"<bos>\", \"eos_token\": \"<eos>\"}");
    try (Tokenizer loaded = Tokenizer.load(folder)) {
      assertThat(new ChatFormat(loaded).prompt(PROMPT)).isEqualTo(format.prompt(PROMPT));
    }
  }

  private void writeFolder(String config) throws IOException {
    ByteBuffer json = tokenizer.files().get("tokenizer.json");
    Files.writeString(
        folder.resolve("tokenizer.json"), StandardCharsets.UTF_8.decode(json).toString());
    Files.writeString(folder.resolve("tokenizer_config.json"), config);
  }
}

package dev.temper.trainers.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.Input;
import dev.temper.recipes.Method;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.raw.Message;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSourcesTest {

  private static final DataSource FILE = new DataSource.File("train.jsonl", "", 0);

  @TempDir Path folder;
  private DataSources sources;

  @BeforeEach
  void open() {
    sources = new DataSources(new FolderInputs(folder));
  }

  @Test
  void readsPromptsCompletionsAndFacts() throws IOException {
    write(
        """
        {"prompt": "a?", "completion": "b", "answer": "b", "level": 3, "hard": true, "tags": [1]}

        {"prompt": "c?", "completion": "d", "facts": {"answer": "d"}, "note": null}
        """);
    List<Row> rows = sources.rows(FILE);
    assertThat(rows).extracting(Row::completion).containsExactly("b", "d");
    assertThat(rows.get(0).prompt().facts())
        .containsExactly(
            Map.entry("answer", "b"), Map.entry("hard", "true"), Map.entry("level", "3"));
    assertThat(rows.get(1).prompt().facts()).containsExactly(Map.entry("answer", "d"));
    assertThat(sources.prompts(FILE)).isEqualTo(rows.stream().map(Row::prompt).toList());
  }

  @Test
  void readsDocuments() throws IOException {
    write("{\"text\": \"One.\"}\r\n{\"text\": \" \"}\r\n{\"text\": \"Two \u00e9.\"}");
    assertThat(sources.documents(FILE)).containsExactly("One.", "Two \u00e9.");
  }

  @Test
  void skipsAByteOrderMark() throws IOException {
    write("\uFEFF{\"text\": \"One.\"}");
    assertThat(sources.documents(FILE)).containsExactly("One.");
  }

  @Test
  void readsNoMoreThanTheLimit() throws IOException {
    write("{\"text\": \"One.\"}\n{\"text\": \"Two.\"}\nbroken");
    assertThat(sources.documents(new DataSource.File("train.jsonl", "", 1)))
        .containsExactly("One.");
  }

  @Test
  void promptsAreNamedByTextAndOccurrence() throws IOException {
    write("{\"prompt\": \"a\"}\n{\"prompt\": \"b\"}\n{\"prompt\": \"a\"}");
    List<Prompt> prompts = sources.prompts(FILE);
    assertThat(prompts).extracting(Prompt::id).doesNotHaveDuplicates();
    write("{\"prompt\": \"a\"}\n{\"prompt\": \"a\"}\n{\"prompt\": \"b\"}");
    assertThat(sources.prompts(FILE))
        .containsExactly(prompts.get(0), prompts.get(2), prompts.get(1));
  }

  @Test
  void aRealDataSetReads() throws IOException {
    try (InputStream sample = getClass().getResourceAsStream("gsm8k-sample.jsonl")) {
      Files.copy(sample, folder.resolve("train.jsonl"));
    }
    Verifier verifier =
        Verifiers.create(new Method("exact-match", Map.of("extraction", "after-marker")));
    Verifier lastNumber =
        Verifiers.create(new Method("exact-match", Map.of("extraction", "last-number")));
    assertThat(sources.rows(FILE))
        .hasSize(6)
        .allSatisfy(
            row -> {
              assertThat(verifier.score(row.prompt(), row.completion(), true)).isEqualTo(1);
              assertThat(lastNumber.score(row.prompt(), row.completion(), true)).isEqualTo(1);
            });
  }

  @Test
  void aMissingFileIsRefused() {
    assertRefused(() -> sources.rows(FILE), "train.jsonl: no such file");
  }

  @Test
  void aFolderIsRefused() throws IOException {
    Files.createDirectory(folder.resolve("train.jsonl"));
    assertRefused(() -> sources.rows(FILE), "train.jsonl: is a folder");
  }

  @Test
  void anEmptyFileIsRefused() throws IOException {
    write("");
    assertRefused(() -> sources.rows(FILE), "train.jsonl: is empty");
    write("\n  \n");
    assertRefused(() -> sources.documents(FILE), "train.jsonl: is empty");
  }

  @Test
  void aBrokenLineIsNamed() throws IOException {
    write("{\"prompt\": \"a\"}\n\n{\"prompt\": ");
    assertRefused(() -> sources.prompts(FILE), "train.jsonl:3: not one JSON object");
    write("{\"prompt\": \"a\"} {\"prompt\": \"b\"}");
    assertRefused(() -> sources.prompts(FILE), "train.jsonl:1: not one JSON object");
    write("{\"prompt\": \"a\", \"prompt\": \"b\"}");
    assertRefused(() -> sources.prompts(FILE), "train.jsonl:1: not one JSON object: Duplicate");
    write("[1]");
    assertRefused(() -> sources.prompts(FILE), "train.jsonl:1: must be a JSON object, got array");
  }

  @Test
  void aLineThatIsNotTextIsNamed() throws IOException {
    byte[] latin =
        "{\"prompt\": \"a\"}\n{\"prompt\": \"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
    Files.write(folder.resolve("train.jsonl"), latin);
    assertRefused(() -> sources.prompts(FILE), "train.jsonl:2: not UTF-8");
  }

  @Test
  void aMissingFieldIsNamed() throws IOException {
    write("{\"prompt\": \"a\", \"completion\": \"b\"}\n{\"question\": \"a\"}");
    assertRefused(() -> sources.rows(FILE), "train.jsonl:2: 'prompt' is missing");
    assertRefused(() -> sources.documents(FILE), "train.jsonl:1: 'text' is missing");
    write("{\"prompt\": \"a\"}");
    assertRefused(() -> sources.rows(FILE), "train.jsonl:1: 'completion' is missing");
  }

  @Test
  void aWrongTypeIsNamed() throws IOException {
    write("{\"prompt\": 3}\n{\"prompt\": null}\n{\"prompt\": [\"a\"]}");
    assertRefused(
        () -> sources.prompts(FILE),
        "train.jsonl:1: 'prompt' must be a string, got number; train.jsonl:2: 'prompt' must be a"
            + " string, got null; train.jsonl:3: 'prompt' must be a string, got array");
  }

  @Test
  void manyWrongLinesAreCounted() throws IOException {
    write("x\n".repeat(12));
    assertRefused(() -> sources.prompts(FILE), "train.jsonl:5: ");
    assertRefused(() -> sources.prompts(FILE), "; and 7 more lines are wrong");
  }

  @Test
  void rowsThatLeaveNothingToTrainOnAreCountedAndAllOfThemRefused() throws IOException {
    write(
        """
        {"prompt": "a", "completion": "b"}
        {"prompt": "a", "completion": ""}
        {"prompt": "a", "completion": " "}
        {"prompt": "a", "completion": "b"}
        """);
    RowSet set = sources.rowSet(FILE);
    assertThat(set.rows()).hasSize(2);
    assertThat(set.withoutTrainedTokens()).isEqualTo(2);
    assertThat(set.duplicates()).isEqualTo(1);
    write(
        "\n{\"prompt\": \"a\", \"completion\": \"\"}\n{\"prompt\": \"b\", \"completion\": \" \"}");
    assertRefused(
        () -> sources.rows(FILE),
        "train.jsonl:2: none of 2 rows leaves a token to train on, all are blank");
    write("{\"text\": \"\"}");
    assertRefused(() -> sources.documents(FILE), "train.jsonl:1: none of 1 rows");
  }

  @Test
  void completionsOfAnotherStageKeepTheirTokensAndPrompts() throws IOException {
    Files.writeString(
        folder.resolve("completions.jsonl"),
        """
        {"prompt": "a", "facts": {"topic": "soup"}, "promptId": -5, "tokens": [7, 1], "text": "b", "ended": true, "score": 1.5}
        {"prompt": "a", "facts": {}, "promptId": -5, "tokens": [1], "text": "", "ended": true, "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "c"}]}
        """);
    List<Row> rows = sources.rows(new DataSource.Stage(new Input("rs", "")));
    assertThat(rows).hasSize(2);
    assertThat(rows.get(0).tokens().orElseThrow()).containsExactly(7, 1);
    assertThat(rows.get(0).completion()).isEqualTo("b");
    assertThat(rows.get(0).prompt()).isEqualTo(new Prompt("a", Map.of("topic", "soup"), -5));
    assertThat(rows.get(1).prompt().id()).isEqualTo(-5);
    assertThat(rows.get(1).prompt().messages())
        .containsExactly(new Message("user", "a"), new Message("assistant", "c"));
  }

  @Test
  void damagedCompletionsOfAnotherStageAreNamed() throws IOException {
    DataSource stage = new DataSource.Stage(new Input("rs", ""));
    assertRefused(() -> sources.rows(stage), "rs/completions.jsonl: no such file");
    Files.writeString(
        folder.resolve("completions.jsonl"), "{\"prompt\": \"a\", \"tokens\": [1, \"x\"]}");
    assertRefused(() -> sources.rows(stage), "rs/completions.jsonl:1: 'tokens' must be a list");
  }

  private static void assertRefused(ThrowingCallable read, String message) {
    assertThatThrownBy(read)
        .isInstanceOfSatisfying(
            StageFailure.class,
            e -> assertThat(e.type()).isEqualTo(StageFailure.Type.DATA_CONTRACT))
        .hasMessageContaining(message);
  }

  private void write(String text) throws IOException {
    Files.writeString(folder.resolve("train.jsonl"), text);
  }
}

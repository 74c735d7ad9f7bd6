package dev.temper.trainers.data.raw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every shape by a small sample as its data set documents it, told by the first row alone. */
class ShapesTest {

  @TempDir Path folder;

  @Test
  void readsPromptsAndCompletionsAsMessages() throws IOException {
    RawRow row =
        row(
            """
            {"prompt": [{"role": "user", "content": "Hi?"}], "completion": [{"role": "assistant", "content": "Yes."}], "topic": "tea"}
            """);
    assertThat(row.prompt()).contains("Hi?");
    assertThat(row.messages()).isEmpty();
    assertThat(row.completion()).contains("Yes.");
    assertThat(row.facts()).isEqualTo(Map.of("topic", "tea"));
  }

  @Test
  void readsMessagesUpToTheLastAnswer() throws IOException {
    RawRow row =
        row(
            """
            {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}
            """);
    assertThat(row.prompt()).contains("user: a\n\nassistant: b\n\nuser: c");
    assertThat(row.messages())
        .containsExactly(
            new Message("user", "a"), new Message("assistant", "b"), new Message("user", "c"));
    assertThat(row.completion()).contains("d");
  }

  @Test
  void readsShareGpt() throws IOException {
    RawRow row =
        row(
            """
            {"id": "x1", "conversations": [{"from": "system", "value": "Be kind."}, {"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}
            """);
    assertThat(row.messages())
        .containsExactly(new Message("system", "Be kind."), new Message("user", "a"));
    assertThat(row.completion()).contains("b");
    Reading some =
        read(
            """
            {"conversations": [{"from": "gpt", "value": "b"}]}
            {"conversations": []}
            {"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}
            """,
            Need.ROWS);
    assertThat(some.rows()).hasSize(1);
    assertThat(some.leftOut())
        .isEqualTo(
            Map.of(
                "conversations that the assistant starts",
                1,
                "conversations without a message",
                1));
    assertRefused(
        "{\"conversations\": [{\"from\": \"bot\", \"value\": \"b\"}]}",
        Need.ROWS,
        "rows.jsonl:1: 'from' must be one of [assistant, chatgpt, gpt, human, observation, system, tool, user], got 'bot'");
  }

  @Test
  void readsAlpaca() throws IOException {
    Reading read =
        read(
            """
            {"instruction": "Add.", "input": "1 and 2", "output": "3"}
            {"instruction": "Sing.", "input": "", "output": "La."}
            """,
            Need.ROWS);
    assertThat(read.rows())
        .extracting(row -> row.prompt().orElseThrow())
        .containsExactly("Add.\n\n1 and 2", "Sing.");
    assertThat(read.rows().get(0).completion()).contains("3");
  }

  @Test
  void readsGsm8kWithItsAnswerAsAFact() throws IOException {
    RawRow row = row("{\"question\": \"1+1?\", \"answer\": \"Add: <<1+1=2>>2.\\n#### 1,002\"}");
    assertThat(row.prompt()).contains("1+1?");
    assertThat(row.completion()).contains("Add: <<1+1=2>>2.\n#### 1,002");
    assertThat(row.facts()).isEqualTo(Map.of("answer", "1,002"));
  }

  @Test
  void readsPreferencesOfStringsAndOfMessages() throws IOException {
    RawRow strings = pair("{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\"}");
    assertThat(strings.prompt()).contains("a");
    assertThat(strings.candidates()).isEqualTo(Sides.of("b", "c"));
    assertThat(strings.target()).contains("b");
    String message = "{\"role\": \"%s\", \"content\": \"%s\"}";
    String a = message.formatted("user", "a");
    String b = message.formatted("assistant", "b");
    String c = message.formatted("assistant", "c");
    for (String row :
        List.of(
            "{\"chosen\": [%s, %s], \"rejected\": [%s, %s]}".formatted(a, b, a, c),
            "{\"prompt\": \"a\", \"chosen\": [%s, %s], \"rejected\": [%s, %s]}"
                .formatted(a, b, a, c),
            "{\"prompt\": [%s], \"chosen\": [%s], \"rejected\": [%s]}".formatted(a, b, c),
            "{\"prompt\": \"a\", \"chosen\": [%s], \"rejected\": [%s]}".formatted(b, c))) {
      RawRow messages = pair(row);
      assertThat(messages.prompt()).as(row).contains("a");
      assertThat(messages.candidates()).as(row).isEqualTo(Sides.of("b", "c"));
    }
  }

  @Test
  void aPreferenceWhoseSidesAreOfTwoTypesIsRefused() throws IOException {
    assertRefused(
        "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": [{\"role\": \"user\"}]}",
        Need.PAIRS,
        "rows.jsonl:1: 'rejected' must be a string, got array");
    assertRefused(
        "{\"prompt\": \"a\", \"chosen\": [{\"role\": \"assistant\"}], \"rejected\": \"b\"}",
        Need.PAIRS,
        "'chosen' must be a list of {role, content}, both strings; number 1 is {\"role\":\"assistant\"}");
  }

  @Test
  void readsTranscriptsOfHh() throws IOException {
    Path sample = folder.resolve("hh.jsonl");
    try (InputStream in =
        getClass().getResourceAsStream("/dev/temper/trainers/data/hh-sample.jsonl")) {
      Files.copy(in, sample);
    }
    Files.writeString(
        sample,
        Files.readString(sample)
            + "{\"chosen\": \"\\n\\nHuman: a\\n\\nAssistant: b\", \"rejected\": \"\\n\\nHuman: c\\n\\nAssistant: d\"}\n");
    Reading read = Reading.of(sample, Need.PAIRS);
    assertThat(read.rows()).hasSize(5);
    assertThat(read.leftOut()).isEqualTo(Map.of("pairs whose sides have different prompts", 1));
    assertThat(read.rows().get(0).prompt()).contains("My wife loves to cook.");
    assertThat(read.rows().get(0).candidates())
        .isEqualTo(
            Sides.of(
                "Great, what can I help you with today?",
                "That\u2019s great. I hope she can cook something nice for you."));
    assertThat(read.rows().get(4).messages())
        .extracting(Message::role)
        .containsExactly("user", "assistant", "user");
    assertRefused(
        "{\"chosen\": \"b\", \"rejected\": \"c\"}",
        Need.PAIRS,
        "'chosen' must be a transcript with '\\n\\nAssistant:', or a 'prompt' must stand beside it");
  }

  @Test
  void readsUltraFeedbackByItsMeanRating() throws IOException {
    RawRow row =
        pair(
            """
            {"source": "x", "instruction": "a", "models": ["m"], "completions": [\
            {"response": "b", "annotations": {"helpfulness": {"Rating": "4"}, "honesty": {"Rating": "5"}}, "overall_score": 1},\
            {"response": "c", "annotations": {"helpfulness": [{"Rating": "N/A"}]}, "overall_score": 8.5},\
            {"response": "d", "annotations": {}}]}
            """);
    assertThat(row.candidates()).containsExactly(new Candidate("b", 4.5), new Candidate("c", 8.5));
    assertThat(row.facts()).isEqualTo(Map.of("source", "x"));
    assertThat(row.target()).contains("c");
  }

  @Test
  void readsRankingsOfNectar() throws IOException {
    RawRow row =
        pair(
            """
            {"prompt": "\\n\\nHuman: a\\n\\nAssistant: ", "answers": [{"answer": "b", "rank": 2.0, "model": "m"}, {"answer": "c", "rank": 1.0}]}
            """);
    assertThat(row.prompt()).contains("a");
    assertThat(row.candidates()).containsExactly(new Candidate("b", -2), new Candidate("c", -1));
    RawRow turns =
        pair(
            """
            {"prompt": "\\n\\nHuman: a\\n\\nAssistant: b\\n\\nHuman: c\\n\\nAssistant: ", "answers": [{"answer": "d", "rank": 1}]}
            """);
    assertThat(turns.messages()).hasSize(3);
  }

  @Test
  void readsPku() throws IOException {
    RawRow row =
        pair(
            """
            {"prompt": "a", "response_0": "b", "response_1": "c", "is_response_0_safe": true, "better_response_id": 1, "safer_response_id": 0}
            """);
    assertThat(row.candidates()).containsExactly(new Candidate("b", 0), new Candidate("c", 1));
    assertThat(row.facts()).containsEntry("safer_response_id", "0");
    assertRefused(
        "{\"prompt\": \"a\", \"response_0\": \"b\", \"response_1\": \"c\", \"better_response_id\": 2}",
        Need.PAIRS,
        "'better_response_id' must be 0 or 1, got 2");
  }

  @Test
  void readsRatings() throws IOException {
    RawRow row = pair("{\"prompt\": \"a\", \"completion\": \"b\", \"rating\": 3.5}");
    assertThat(row.candidates()).containsExactly(new Candidate("b", 3.5));
    assertThat(row.completion()).contains("b");
    assertThat(row.facts()).isEqualTo(Map.of("rating", "3.5"));
  }

  @Test
  void readsStepsOfPrm800k() throws IOException {
    RawRow row =
        row(
            """
            {"labeler": "l", "question": {"problem": "1+1?", "ground_truth_answer": "2"}, "label": {"finish_reason": "solution", "steps": [\
            {"completions": [{"text": "Add.", "rating": 1}, {"text": "Sub.", "rating": -1}], "human_completion": null, "chosen_completion": 0},\
            {"completions": [{"text": "Hm.", "rating": 0}], "human_completion": {"text": "It is 2.", "rating": null}, "chosen_completion": null}]}}
            """);
    assertThat(row.prompt()).contains("1+1?");
    assertThat(row.completion()).contains("Add.\nIt is 2.");
    assertThat(row.facts())
        .isEqualTo(
            Map.of("answer", "2", "finish", "solution", "labeler", "l", "stepRatings", "1,h"));
    assertRefused(
        "{\"question\": {\"problem\": \"a\"}, \"label\": {\"steps\": [{\"completions\": [], \"chosen_completion\": 999999999}]}}",
        Need.ROWS,
        "'chosen_completion' must be in [0, 0), got 999999999");
  }

  @Test
  void aShapeThatIsNamedIsNotGuessed() throws IOException {
    Path file = write("{\"question\": \"a\", \"answer\": \"b\", \"prompt\": \"p\"}");
    RowReader named =
        RowReader.of(Optional.empty(), Optional.of("gsm8k"), Optional.empty(), Need.ROWS);
    assertThat(Reading.of(file, named, 0).rows().get(0).prompt()).contains("a");
    assertThatThrownBy(
            () -> RowReader.of(Optional.empty(), Optional.of("gsm8"), Optional.empty(), Need.ROWS))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("got 'gsm8'; did you mean 'gsm8k'?");
  }

  @Test
  void columnsGetTheNamesOfFieldsAndAloneAreRead() throws IOException {
    Path file = write("{\"q\": \"a\", \"a\": \"b\", \"other\": 3}");
    RowReader reader =
        RowReader.of(
            Optional.empty(),
            Optional.empty(),
            Optional.of(Map.of("prompt", "q", "completion", "a")),
            Need.ROWS);
    RawRow row = Reading.of(file, reader, 0).rows().get(0);
    assertThat(row).isEqualTo(RawRow.demonstration(row.where(), "a", "b", Map.of()));
    RowReader wrong =
        RowReader.of(
            Optional.empty(),
            Optional.empty(),
            Optional.of(Map.of("prompt", "oter")),
            Need.PROMPTS);
    assertThatThrownBy(() -> Reading.of(file, wrong, 0))
        .hasMessage(
            "rows.jsonl:1: column 'oter' is missing; it has [a, other, q]; did you mean 'other'?");
  }

  @Test
  void fieldsOfNoShapeAreNamed() throws IOException {
    assertRefused(
        "{\"x\": \"a\", \"y\": \"b\"}",
        Need.ROWS,
        "rows.jsonl:1: has the fields [x, y], which is no known shape: known are [preference-messages,");
  }

  private RawRow row(String line) throws IOException {
    return read(line, Need.ROWS).rows().get(0);
  }

  private RawRow pair(String line) throws IOException {
    return read(line, Need.PAIRS).rows().get(0);
  }

  private Reading read(String lines, Need need) throws IOException {
    return Reading.of(write(lines), need);
  }

  private Path write(String lines) throws IOException {
    return Files.writeString(folder.resolve("rows.jsonl"), lines);
  }

  private void assertRefused(String lines, Need need, String message) throws IOException {
    write(lines);
    assertThatThrownBy(() -> Reading.of(folder.resolve("rows.jsonl"), need))
        .isInstanceOfSatisfying(
            StageFailure.class,
            e -> assertThat(e.type()).isEqualTo(StageFailure.Type.DATA_CONTRACT))
        .hasMessageContaining(message);
  }
}

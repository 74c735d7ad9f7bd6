package dev.temper.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.infra.cli.CommandLineFixture.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a user gets for a recipe or data that cannot be used, by {@code validate} and by {@code
 * run}.
 */
class BadInputTest {

  private static final String BASE =
      """
      name: bad
      seed: 7
      stages:
        base:
          kind: pretrain
          data: {synthetic: kind-notes/pretraining, rows: 8}
          model: {architecture: llama, width: 16, layers: 1, heads: 2, feedForward: 16}
          steps: 3
          learningRate: 1.0e-3
      """;

  @TempDir Path directory;
  private CommandLineFixture temper;

  @BeforeEach
  void start() {
    temper = new CommandLineFixture(directory);
  }

  @Test
  void aRecipeThatIsNotTextIsRefused() throws IOException {
    Files.write(directory.resolve("bad.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});

    Outcome validated = temper.run("validate", "bad.yaml");

    assertThat(validated.code()).isEqualTo(2);
    assertThat(validated.err()).contains("'bad.yaml'").contains("not UTF-8");
  }

  @Test
  void aRunWhoseDataCannotBeUsedLeavesNothingBehind() throws IOException {
    temper.write(
        "bad.yaml", BASE.replace("{synthetic: kind-notes/pretraining, rows: 8}", "{file: none}"));

    assertThat(temper.run("run", "bad.yaml").code()).isEqualTo(3);

    assertThat(temper.home()).doesNotExist();
  }

  @Test
  void anAcceleratorThatIsNotThereIsRefusedBeforeARunStarts() throws IOException {
    temper.write("good.yaml", BASE);

    Outcome outcome = temper.run("run", "good.yaml", "--device", "cuda");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.err()).contains("device cuda", "CPU alone", "docs/gpu.md");
    assertThat(temper.home().resolve("runs")).doesNotExist();
    assertThat(temper.run("worker", "--device", "tpu").err())
        .contains("--device must be cpu or cuda, got tpu");
    assertThat(temper.run("run", "good.yaml", "--device", "tpu").code()).isEqualTo(2);
  }

  @Test
  void aRunNameThatIsNoNameOfAFolderIsRefused() throws IOException {
    temper.write("bad.yaml", BASE);

    for (String name : List.of("../x", "a/b", "..", "", "a".repeat(101))) {
      assertThat(temper.run("run", "bad.yaml", "--name", name).code()).isEqualTo(2);
    }
    assertThat(temper.home()).doesNotExist();
  }

  @Test
  void allProblemsOfARecipeComeAtOnceWithTheirLines() throws IOException {
    temper.write(
        "bad.yaml",
        BASE
            + """
              sft:
                kind: sft
                init: bsae
                data: {synthetic: kind-notes/demonstrations, rows: 8}
                steps: 3
                learningRate: 3
                batchSzie: 4
              rl:
                kind: rl
                init: sft
                reward: base.peak
                prompts: {synthetic: kind-notes/prompts, from: 100, rows: 8}
                steps: many
                completionsPerPrompt: 1
                advantage: rloo
                loss: ppo-clip
                learningRate: 1.0e-3
            """);

    for (String command : new String[] {"validate", "plan", "run"}) {
      Outcome outcome = temper.run(command, "bad.yaml");

      assertThat(outcome.code()).as(command).isEqualTo(2);
      assertThat(outcome.out()).as(command).isEmpty();
      assertThat(outcome.err())
          .contains("bad.yaml:12:")
          .contains("base")
          .contains("bad.yaml:15:")
          .contains("learningRate")
          .contains("bad.yaml:16:")
          .contains("batchSize")
          .contains("bad.yaml:22:");
    }
    assertThat(temper.home()).doesNotExist();
  }

  @Test
  void aCycleIsRefused() throws IOException {
    temper.write(
        "bad.yaml",
        """
        name: bad
        stages:
          a: {kind: sft, init: b, data: {synthetic: kind-notes/demonstrations, rows: 8}, steps: 1, learningRate: 1.0e-3}
          b: {kind: sft, init: a, data: {synthetic: kind-notes/demonstrations, rows: 8}, steps: 1, learningRate: 1.0e-3}
        """);

    Outcome outcome = temper.run("validate", "bad.yaml");

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("waits for itself");
  }

  @Test
  void aRecipeThatIsNotThereIsWrongUsage() {
    Outcome outcome = temper.run("validate", "nowhere.yaml");

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("nowhere.yaml");
  }

  @Test
  void aMistypedSettingIsRefusedByItsName() throws IOException {
    temper.write("good.yaml", BASE);

    Outcome outcome = temper.run("validate", "good.yaml", "--set", "stages.base.stps=3");

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("stps").contains("steps");
  }

  @Test
  void aMissingDataFileIsAPreflightProblem() throws IOException {
    temper.write("bad.yaml", withFile());

    Outcome outcome = temper.run("validate", "bad.yaml");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.err()).contains("rows.jsonl").contains("does not exist");
  }

  @Test
  void anEmptyDataFileIsAPreflightProblem() throws IOException {
    temper.write("bad.yaml", withFile());
    temper.write("rows.jsonl", "");

    Outcome outcome = temper.run("validate", "bad.yaml");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.err()).contains("rows.jsonl").contains("empty");
  }

  @Test
  void aBrokenLineIsNamedByItsNumber() throws IOException {
    temper.write("bad.yaml", withFile());
    temper.write(
        "rows.jsonl",
        """
        {"prompt": "Say hello.", "completion": "hello"}
        {"prompt": "Say
        """);

    Outcome outcome = temper.run("run", "bad.yaml");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.err()).contains("rows.jsonl:2");
  }

  @Test
  void rowsWithoutATrainedTokenAreRefusedWhereThereAreNoOthers() throws IOException {
    temper.write("bad.yaml", withFile());
    temper.write("rows.jsonl", "{\"prompt\": \"Say hello.\", \"completion\": \"\"}\n");

    Outcome outcome = temper.run("run", "bad.yaml");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.err()).contains("none of 1 rows leaves a token to train on");
  }

  @Test
  void aTableOfOtherColumnsIsRefusedByItsRowAndColumns() throws IOException {
    temper.write("bad.yaml", withFile().replace("rows.jsonl", "rows.csv"));
    temper.write("rows.csv", "ask,reply\nSay hello.,hello\n");

    Outcome outcome = temper.run("plan", "bad.yaml");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.err())
        .contains("rows.csv, row 1")
        .contains("[ask, reply]")
        .contains("'columns' gives fields other names");
  }

  @Test
  void aPlanShowsRowsOfAFolderWithTheirMaskAndWhatWasLeftOut() throws IOException {
    temper.write("good.yaml", withFile().replace("rows.jsonl", "shards"));
    Files.createDirectories(directory.resolve("shards"));
    String row = "{\"question\": \"It felt %s.\", \"answer\": \"The soup was lovely.\"}\n";
    temper.write("shards/b.jsonl", row.formatted("cold"));
    temper.write("shards/a.jsonl", row.formatted("warm") + row.formatted("warm"));

    Outcome outcome = temper.run("plan", "good.yaml");

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out())
        .contains("sft: 3 rows looked at")
        .contains("1 duplicates")
        .contains("end of turn trained in 3 rows")
        .contains("<bos>It felt warm.\\n[[The soup was lovely.<eos>]]");
    Outcome json = temper.run("--json", "plan", "good.yaml");
    assertThat(json.out()).contains("\"data\":{\"rows\":3").contains("\"endTrained\":3");
  }

  @Test
  void dataElsewhereWhoseSchemeNobodyKnowsIsRefused() throws IOException {
    temper.write("bad.yaml", withFile().replace("rows.jsonl", "\"ftp://host/rows.jsonl\""));

    Outcome outcome = temper.run("plan", "bad.yaml");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.err()).contains("start with one of [hf://, s3://]");
  }

  @Test
  void aHuggingFaceServerThatDoesNotAnswerIsNoFaultOfTheRecipe() throws IOException {
    temper.write(
        "bad.yaml", withFile().replace("rows.jsonl", "\"hf://datasets/o/n@main/rows.jsonl\""));

    Outcome outcome =
        temper.run(
            java.util.Map.of("HF_ENDPOINT", "http://127.0.0.1:1", "HF_TOKEN", "secret"),
            "plan",
            "bad.yaml");

    assertThat(outcome.code()).isEqualTo(6);
    assertThat(outcome.err())
        .contains("http://127.0.0.1:1 does not answer")
        .doesNotContain("secret");
  }

  @Test
  void overlappingPromptSetsAreRefusedWithBothStages() throws IOException {
    temper.write(
        "bad.yaml",
        BASE
            + """
              sft:
                kind: sft
                init: base
                data: {synthetic: kind-notes/demonstrations, rows: 50}
                steps: 3
                learningRate: 1.0e-3
              pairs:
                kind: preferences
                policy: sft
                prompts: {synthetic: kind-notes/prompts, from: 40, rows: 30}
                labeller: {kind: gold, gold: kind-notes, noise: 0.7}
                split: {train: 10, test: 10}
            """);

    Outcome outcome = temper.run("run", "bad.yaml");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.err()).contains("'sft'").contains("'pairs'").contains("share");
  }

  private static String withFile() {
    return BASE
        + """
          sft:
            kind: sft
            init: base
            data: {file: rows.jsonl}
            steps: 3
            learningRate: 1.0e-3
        """;
  }
}

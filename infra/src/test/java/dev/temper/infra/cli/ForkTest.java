package dev.temper.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.infra.cli.CommandLineFixture.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForkTest {

  @TempDir Path directory;
  private CommandLineFixture temper;

  @BeforeEach
  void aFinishedRun() throws IOException {
    temper = new CommandLineFixture(directory);
    temper.write("pages.jsonl", "{\"text\": \"a page\"}\n");
    temper.write(
        "small.yaml",
        """
        name: small
        seed: 7
        stages:
          base:
            kind: pretrain
            data: {file: pages.jsonl}
            model: {architecture: llama, width: 16, layers: 1, heads: 2, feedForward: 16}
            steps: 3
            learningRate: 1.0e-3
          other:
            kind: sft
            init: base
            data: {synthetic: kind-notes/demonstrations, rows: 8}
            steps: 3
            learningRate: 1.0e-3
          sft:
            kind: sft
            init: base
            data: {synthetic: kind-notes/demonstrations, rows: 8}
            steps: 3
            learningRate: 1.0e-3
          rl:
            kind: rl
            init: sft
            verifiers: [{name: exact-match, weight: 1.0}]
            prompts: {synthetic: backward/prompts, rows: 16}
            kl: {in: none}
            steps: 4
            promptsPerStep: 2
            completionsPerPrompt: 2
            snapshotEverySteps: 2
            learningRate: 1.0e-3
        """);
    Outcome first = temper.run("run", "small.yaml");
    assertThat(first.code()).as(first.err()).isZero();
  }

  @Test
  void whatComesBeforeTheForkIsFound() throws IOException {
    Outcome outcome =
        temper.run("run", "--fork", "small@sft", "--name", "b", "--set", "stages.sft.steps=2");

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    assertThat(cached("b", "base")).isTrue();
    assertThat(cached("b", "other")).isTrue();
    assertThat(cached("b", "sft")).isFalse();
  }

  @Test
  void aStageGoesOnFromItsOwnSnapshot() throws IOException {
    Outcome outcome = temper.run("run", "--fork", "small@rl:2", "--name", "b");

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    assertThat(cached("b", "rl-origin")).isTrue();
    assertThat(cached("b", "rl")).isFalse();
    assertThat(Files.readString(temper.home().resolve("runs/b/recipe.yaml")))
        .contains("init: rl-origin@2");
  }

  @Test
  void aForkOfAForkKeepsBothOrigins() throws IOException {
    assertThat(temper.run("run", "--fork", "small@rl:2", "--name", "b").code()).isZero();

    Outcome outcome = temper.run("run", "--fork", "b@rl:2", "--name", "c");

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    assertThat(cached("c", "rl-origin")).isTrue();
    assertThat(cached("c", "rl-origin-2")).isTrue();
    assertThat(Files.readString(temper.home().resolve("runs/c/recipe.yaml")))
        .contains("init: rl-origin@2")
        .contains("init: rl-origin-2@2");
  }

  @Test
  void aStepThatIsNotKeptIsRefusedWithThoseThatAre() {
    Outcome outcome = temper.run("run", "--fork", "small@rl:3", "--name", "b");

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("step 3").contains("[0, 2, 4]");
    assertThat(temper.run("run", "--fork", "small@sft:1", "--name", "b").err())
        .contains("keeps no snapshots");
  }

  @Test
  void aChangeBeforeTheForkIsRefusedWithItsStage() {
    Outcome outcome =
        temper.run("run", "--fork", "small@sft", "--name", "b", "--set", "stages.other.steps=2");

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("changed as well: other");
    assertThat(temper.home().resolve("runs/b")).doesNotExist();
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertThat(temper.run("run", "--fork", "smal@sft", "--name", "b").err()).contains("small");
    assertThat(temper.run("run", "--fork", "small@stf", "--name", "b").err()).contains("sft");
    assertThat(temper.run("run", "--fork", "small", "--name", "b").err()).contains("RUN@STAGE");
    assertThat(temper.run("run", "--fork", "small@sft").err()).contains("--name");
    assertThat(temper.run("run", "x.yaml", "--fork", "small@sft", "--name", "b").code())
        .isEqualTo(2);
    assertThat(temper.run("run").code()).isEqualTo(2);
  }

  private boolean cached(String run, String stage) throws IOException {
    JsonNode record =
        new ObjectMapper()
            .readTree(temper.home().resolve("runs").resolve(run).resolve("run.json").toFile());
    for (JsonNode known : record.get("stages")) {
      if (known.get("name").asText().equals(stage)) {
        return known.get("cached").asBoolean();
      }
    }
    throw new AssertionError("no stage " + stage);
  }
}

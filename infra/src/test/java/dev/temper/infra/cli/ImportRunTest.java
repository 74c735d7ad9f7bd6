package dev.temper.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.infra.cli.CommandLineFixture.Outcome;
import dev.temper.trainers.stage.Stages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recipe that starts from a Hugging Face directory beside it, with the stages as they are. */
class ImportRunTest {

  @TempDir Path directory;
  private CommandLineFixture temper;

  @BeforeEach
  void aModelOfElsewhere() throws IOException {
    temper = new CommandLineFixture(directory, Stages.factory());
    temper.write(
        "make.yaml",
        """
        name: make
        seed: 7
        stages:
          base:
            kind: pretrain
            data: {synthetic: kind-notes/pretraining, rows: 8}
            model: {architecture: llama, width: 16, layers: 1, heads: 2, feedForward: 16}
            steps: 1
            learningRate: 1.0e-3
        """);
    temper.write("mine.yaml", recipe("model"));
    Outcome made = temper.run("run", "make.yaml");
    assertThat(made.code()).as(made.err()).isZero();
    Path artifact =
        temper.home().resolve("store/artifacts").resolve(stage("make", 0).get("artifact").asText());
    Path model = Files.createDirectories(directory.resolve("model"));
    for (String file :
        List.of(
            "config.json",
            "generation_config.json",
            "model.safetensors",
            "tokenizer.json",
            "tokenizer_config.json")) {
      Files.copy(artifact.resolve(file), model.resolve(file));
    }
  }

  private static String recipe(String folder) {
    return """
        name: mine
        seed: 7
        stages:
          base: {kind: import, model: {file: %s}}
          sft:
            kind: sft
            init: base
            data: {synthetic: kind-notes/demonstrations, rows: 8}
            steps: 1
            learningRate: 1.0e-3
            optimizer: {ema: {decay: 0.9}}
            numerics: {recompute: true}
        """
        .formatted(folder);
  }

  private JsonNode stage(String run, int index) throws IOException {
    Path record = temper.home().resolve("runs").resolve(run).resolve("run.json");
    return new ObjectMapper().readTree(record.toFile()).get("stages").get(index);
  }

  @Test
  void thePlanShowsItsRowsWithTheTrainedTokensMarked() throws IOException {
    Outcome plan = temper.run("plan", "mine.yaml");

    assertThat(plan.code()).as(plan.err()).isZero();
    assertThat(plan.out())
        .contains("sft: 8 rows looked at", "end of turn trained in 8 rows")
        .containsPattern("<bos>Write a .*\\\\n\\[\\[.*<eos>]]");
  }

  @Test
  void anSftStartsFromItAndItsPlaceIsNoPartOfAnyKey() throws IOException {
    Outcome first = temper.run("run", "mine.yaml");
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(stage("mine", 1).get("status").asText()).isEqualTo("finished");

    Files.move(directory.resolve("model"), directory.resolve("moved"));
    temper.write("mine.yaml", recipe("moved"));
    Outcome again = temper.run("run", "mine.yaml", "--name", "again");
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(stage("again", 0).get("cached").asBoolean()).isTrue();
    assertThat(stage("again", 1).get("cached").asBoolean()).isTrue();
  }

  @Test
  void whatCannotBeImportedIsRefusedBeforeTheRun() throws IOException {
    Files.createDirectories(directory.resolve("lora"));
    Files.writeString(
        directory.resolve("lora/adapter_config.json"), "{\"r\": 2, \"use_dora\": true}");
    Files.writeString(directory.resolve("lora/adapter_model.safetensors"), "x");

    Outcome outcome = temper.run("run", "mine.yaml", "--set", "stages.base.adapter.file=lora");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.err())
        .contains(
            "stage 'base': adapter lora cannot be merged (2): lora_alpha must be a number above 0,"
                + " got none; use_dora must be left out");
    assertThat(temper.home().resolve("runs/mine")).doesNotExist();
  }
}

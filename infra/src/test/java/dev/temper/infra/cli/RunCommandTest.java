package dev.temper.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.infra.cli.CommandLineFixture.Outcome;
import dev.temper.infra.run.Home;
import dev.temper.infra.run.RunLock;
import dev.temper.recipes.SftSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {

  private static final String RECIPE =
      """
      name: small
      seed: 7
      stages:
        base:
          kind: pretrain
          data: {synthetic: kind-notes/pretraining, rows: 8}
          model: {architecture: llama, width: 16, layers: 1, heads: 2, feedForward: 16}
          steps: 3
          learningRate: 1.0e-3
        sft:
          kind: sft
          init: base
          data: {synthetic: kind-notes/demonstrations, rows: 8}
          steps: 3
          learningRate: 1.0e-3
        on-top:
          kind: sft
          init: sft
          data: {synthetic: kind-notes/demonstrations, rows: 8}
          steps: 3
          learningRate: 1.0e-3
      """;

  @TempDir Path directory;
  private CommandLineFixture temper;

  @BeforeEach
  void start() throws IOException {
    temper = new CommandLineFixture(directory);
    temper.write("small.yaml", RECIPE);
  }

  @Test
  void aRunEndsWithTheFilesOfTheContractAndSaysWhereToLook() throws IOException {
    Outcome outcome = temper.run("run", "small.yaml");

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    Path run = temper.home().resolve("runs/small");
    assertThat(outcome.lines().subList(0, 4))
        .anyMatch(line -> line.contains("small"))
        .anyMatch(line -> line.contains("store"))
        .anyMatch(line -> line.contains("embedded"))
        .anyMatch(line -> line.contains("local journal"));
    assertThat(outcome.out())
        .contains(run.resolve("report/index.html").toString())
        .contains(run.resolve("stages/sft/curve.csv").toString());
    assertThat(run.resolve("report/index.html")).exists();
    assertThat(run.resolve("recipe.yaml")).exists();
    assertThat(run.resolve("stages/sft/metrics.jsonl")).exists();
    JsonNode record = new ObjectMapper().readTree(run.resolve("run.json").toFile());
    assertThat(record.get("status").asText()).isEqualTo("finished");
    JsonNode sft = record.get("stages").get(1);
    assertThat(sft.get("content").asText()).hasSize(64);
    assertThat(sft.get("attempts").asInt()).isEqualTo(1);
    assertThat(sft.get("cached").asBoolean()).isFalse();
    assertThat(temper.home().resolve("store/artifacts").resolve(sft.get("artifact").asText()))
        .isDirectoryContaining("glob:**/MANIFEST.json");
  }

  @Test
  void theSameCommandAgainComputesNothing() {
    temper.run("run", "small.yaml");
    int opened = temper.stages().opened();

    Outcome again = temper.run("run", "small.yaml");

    assertThat(again.code()).isZero();
    assertThat(again.out()).contains("3 of them cached");
    assertThat(temper.stages().opened()).isEqualTo(opened);
  }

  @Test
  void anotherRunFindsWhatIsThereAndSaysSo() throws IOException {
    temper.run("run", "small.yaml");

    temper.run("run", "small.yaml", "--name", "second", "--set", "stages.on-top.steps=2");

    JsonNode stages =
        new ObjectMapper()
            .readTree(temper.home().resolve("runs/second/run.json").toFile())
            .get("stages");
    assertThat(stages.get(1).get("cached").asBoolean()).isTrue();
    assertThat(stages.get(2).get("cached").asBoolean()).isFalse();
    assertThat(temper.stages().opened()).isEqualTo(4);
  }

  @Test
  void aNameMeansOneRecipe() throws IOException {
    temper.run("run", "small.yaml");
    String before = Files.readString(temper.home().resolve("runs/small/run.json"));

    Outcome other = temper.run("run", "small.yaml", "--set", "stages.sft.steps=2");

    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).contains("stages.sft.steps: 3 -> 2").contains("--name");
    assertThat(Files.readString(temper.home().resolve("runs/small/run.json"))).isEqualTo(before);
    assertThat(temper.run("run", "small.yaml", "--set", "stages.sft.steps=2", "--again").code())
        .isZero();
  }

  @Test
  void aFailedStageEndsTheRunWithFourAndTheSameCommandGoesOn() throws IOException {
    temper.stages().fail(SftSpec.class);

    Outcome failed = temper.run("run", "small.yaml");

    assertThat(failed.code()).isEqualTo(4);
    assertThat(failed.err()).contains("sft").contains("loss is NaN at step 1");
    JsonNode record =
        new ObjectMapper().readTree(temper.home().resolve("runs/small/run.json").toFile());
    assertThat(record.get("status").asText()).isEqualTo("failed");
    assertThat(record.get("stages").get(1).get("status").asText()).isEqualTo("failed");
    assertThat(record.get("stages").get(2).get("status").asText()).isEqualTo("blocked");
    temper.stages().heal();
    Outcome healed = temper.run("run", "small.yaml");
    assertThat(healed.code()).isZero();
    assertThat(healed.out()).contains("1 of them cached");
  }

  @Test
  void aGateThatIsNotMetEndsTheRunWithFive() throws IOException {
    temper.write(
        "gate.yaml",
        RECIPE.replace(
            "    init: base\n", "    init: base\n    gate: {metric: train/loss, max: 0.1}\n"));

    Outcome outcome = temper.run("run", "gate.yaml");

    assertThat(outcome.code()).isEqualTo(5);
    assertThat(outcome.err()).contains("gate").contains("train/loss");
  }

  @Test
  void aSecondProcessIsToldSoAndChangesNothing() throws IOException {
    temper.run("run", "small.yaml");
    String before = Files.readString(temper.home().resolve("runs/small/run.json"));
    try (RunLock lock = new Home(temper.home()).run("small").lock()) {
      assertThat(lock).isNotNull();

      Outcome second = temper.run("run", "small.yaml");

      assertThat(second.code()).isEqualTo(3);
      assertThat(second.err()).contains("small is already running").contains("process");
      assertThat(Files.readString(temper.home().resolve("runs/small/run.json"))).isEqualTo(before);
    }
  }

  @Test
  void everyLineOfJsonIsAnObject() throws IOException {
    Outcome outcome = temper.run("run", "small.yaml", "--json");

    for (String line : outcome.lines()) {
      assertThat(new ObjectMapper().readTree(line).isObject()).as(line).isTrue();
    }
    JsonNode first = new ObjectMapper().readTree(outcome.lines().get(0));
    JsonNode last = new ObjectMapper().readTree(outcome.lines().get(outcome.lines().size() - 1));
    assertThat(first.get("event").asText()).isEqualTo("run");
    assertThat(last.get("event").asText()).isEqualTo("end");
    assertThat(last.get("exitCode").asInt()).isZero();
  }

  @Test
  void detachNeedsAServer() {
    Outcome outcome = temper.run("run", "small.yaml", "--detach");

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("Temporal server");
  }

  @Test
  void aStoreOfAnUnknownSchemeIsRefused() {
    Outcome outcome = temper.run("run", "small.yaml", "--store", "gs://bucket/prefix");

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("s3://BUCKET/PREFIX").contains("gs://bucket/prefix");
  }

  @Test
  void theEnvironmentMayNameTheStore() {
    assertThat(temper.run(Map.of("TEMPER_STORE", "elsewhere"), "run", "small.yaml").code())
        .isZero();
    assertThat(temper.home().resolveSibling("elsewhere").resolve("artifacts")).isDirectory();
  }

  @Test
  void aStackThatIsNotUpIsNamedBeforeARunGoesWithoutIt() throws IOException {
    for (String server : List.of("temporal", "s3")) {
      Path folder = Files.createDirectories(temper.home().resolve("stack").resolve(server));
      Files.writeString(folder.resolve("settings"), "port=1\n");
    }

    Outcome first = temper.run("run", "small.yaml");

    assertThat(first.code()).isZero();
    assertThat(first.err().lines())
        .singleElement()
        .asString()
        .contains("temper up", "Temporal inside this process")
        .contains("the store " + temper.home().resolve("store"))
        .doesNotContain("MLflow");
    assertThat(temper.run("run", "small.yaml").err()).isEmpty();
    assertThat(
            temper
                .run("run", "small.yaml", "--name", "b", "--embedded", "--store", "elsewhere")
                .err())
        .isEmpty();
  }

  @Test
  void aStoreThatCannotBeWrittenIsNamed() throws IOException {
    temper.write("occupied", "a file");

    Outcome outcome = temper.run("run", "small.yaml", "--store", "occupied");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.err()).contains("occupied");
    assertThat(temper.home().resolve("runs")).doesNotExist();
  }

  @Test
  void aPlanTellsWhatIsCachedAndShowsTheTrainedTokens() {
    temper.run("run", "small.yaml");

    Outcome plan = temper.run("plan", "small.yaml", "--set", "stages.sft.steps=2");

    assertThat(plan.code()).isZero();
    assertThat(plan.lines())
        .anyMatch(line -> line.startsWith("base") && line.contains("cached"))
        .anyMatch(line -> line.startsWith("sft") && line.contains("to run"))
        .anyMatch(line -> line.startsWith("on-top") && line.contains("after inputs"))
        .anyMatch(line -> line.contains("[[") && line.contains("<eos>]]"));
  }
}

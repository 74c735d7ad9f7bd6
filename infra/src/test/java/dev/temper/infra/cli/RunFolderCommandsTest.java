package dev.temper.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.infra.cli.CommandLineFixture.Outcome;
import dev.temper.infra.run.Home;
import dev.temper.infra.run.RunFolder;
import dev.temper.infra.run.RunLock;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.run.RunStatus;
import dev.temper.infra.run.StageRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be seen of a run without running it. */
class RunFolderCommandsTest {

  @TempDir Path directory;
  private CommandLineFixture temper;
  private RunFolder folder;

  @BeforeEach
  void start() throws IOException {
    temper = new CommandLineFixture(directory);
    folder = new Home(temper.home()).run("demo");
    StageRecord base =
        StageRecord.pending("base", "pretrain", List.of())
            .finished(false, 10, "k", "c", Map.of("eval/heldout_loss", 1.5));
    StageRecord sft = StageRecord.pending("sft", "sft", List.of("base")).started(1, 0);
    folder.write(
        new RunRecord(
            "demo",
            "quickstart",
            "hash",
            RunStatus.RUNNING,
            "store",
            "2026-01-01T00:00:00Z",
            Optional.empty(),
            Optional.empty(),
            List.of(base, sft)));
  }

  @Test
  void aDamagedRunIsNamedAndHidesNoOther() throws IOException {
    Path broken = Files.createDirectories(temper.home().resolve("runs").resolve("broken"));
    Files.writeString(broken.resolve("run.json"), "{\"run\": \"bro");

    Outcome list = temper.run("list");
    Outcome status = temper.run("status", "broken");

    assertThat(list.code()).isZero();
    assertThat(list.out()).contains("demo").doesNotContain("broken");
    assertThat(list.err()).contains("run.json is damaged");
    assertThat(status.code()).isEqualTo(3);
    assertThat(status.err()).contains(broken.resolve("run.json").toString()).contains("damaged");
  }

  @Test
  void aRunThatNobodyRunsIsShownAsInterrupted() {
    Outcome status = temper.run("status", "demo");

    assertThat(status.code()).isZero();
    assertThat(status.out()).contains("demo: interrupted").contains("held-out 1.500");
    assertThat(temper.run("list").out()).contains("demo  interrupted").contains("1/2 stages");
  }

  @Test
  void aRunThatSomebodyRunsIsRunning() throws IOException {
    try (RunLock lock = folder.lock()) {
      assertThat(lock).isNotNull();
      assertThat(temper.run("status", "demo").out()).contains("demo: running");
    }
  }

  @Test
  void jsonIsOneObjectPerLineAndNothingElse() throws IOException {
    Outcome status = temper.run("--json", "status", "demo");
    Outcome list = temper.run("list", "--json");

    assertThat(status.lines()).hasSize(1);
    JsonNode run = new ObjectMapper().readTree(status.out());
    assertThat(run.get("stages").get(0).get("metrics").get("eval/heldout_loss").asDouble())
        .isEqualTo(1.5);
    assertThat(list.lines()).hasSize(1);
    assertThat(new ObjectMapper().readTree(list.out()).get("run").asText()).isEqualTo("demo");
  }

  @Test
  void logsCanBeOfOneStage() throws IOException {
    Files.writeString(
        folder.log(),
        """
        t INFO FolderTracker stage started stage=sft attempt=1
        t INFO FolderTracker stage started stage=sft-on-rs attempt=1
        half a li""");

    assertThat(temper.run("logs", "demo").lines()).hasSize(2);
    assertThat(temper.run("logs", "demo", "--stage", "sft").lines())
        .containsExactly("t INFO FolderTracker stage started stage=sft attempt=1");
    Outcome unknown = temper.run("logs", "demo", "--stage", "stf");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("Did you mean 'sft'?");
  }

  @Test
  void aMistypedRunIsAnsweredWithTheNearestOne() {
    Outcome outcome = temper.run("status", "dmeo");

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("Did you mean 'demo'?");
  }
}

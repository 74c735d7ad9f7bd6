package dev.temper.infra.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.activities.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {

  @TempDir Path home;

  @Test
  void runJsonHasTheFieldsOfTheContract() throws IOException {
    RunFolder folder = new Home(home).run("first");

    folder.write(record());

    JsonNode json = new ObjectMapper().readTree(home.resolve("runs/first/run.json").toFile());
    assertThat(json.get("run").asText()).isEqualTo("first");
    assertThat(json.get("status").asText()).isEqualTo("stopped-by-rule");
    assertThat(json.has("startedAt")).isTrue();
    assertThat(json.has("endedAt")).isTrue();
    JsonNode stage = json.get("stages").get(0);
    assertThat(stage.fieldNames())
        .toIterable()
        .contains(
            "name",
            "kind",
            "status",
            "cached",
            "attempts",
            "resumedFromStep",
            "steps",
            "seconds",
            "artifact",
            "content",
            "metrics");
    assertThat(stage.get("metrics").get("eval/loss").asDouble()).isEqualTo(1.25);
  }

  @Test
  void aHomeKeepsTheNumberThatTellsItFromEveryOther() throws IOException {
    Place first = new Home(home.resolve("first")).place();

    assertThat(new Home(home.resolve("first")).run("x").place()).isEqualTo(first);
    assertThat(new Home(home.resolve("second")).place().id()).isNotEqualTo(first.id());
    assertThat(home.resolve("first")).isDirectoryNotContaining("glob:**.new");
    Files.writeString(home.resolve("first/id"), "");
    assertThatThrownBy(() -> new Home(home.resolve("first")).place())
        .hasMessageContaining("first/id must hold one word");
  }

  @Test
  void aRecordIsReadBackAsItWasWritten() throws IOException {
    RunFolder folder = new Home(home).run("first");

    folder.write(record());

    assertThat(folder.record()).contains(record());
  }

  @Test
  void writingLeavesNothingBesideTheFile() throws IOException {
    RunFolder folder = new Home(home).run("first");

    folder.write(record());
    folder.write(record());

    try (Stream<Path> files = Files.list(folder.path())) {
      assertThat(files.map(file -> file.getFileName().toString())).containsExactly("run.json");
    }
  }

  @Test
  void aHomeKnowsTheRunsThatWereStarted() throws IOException {
    Home runs = new Home(home);
    runs.run("b").write(record());
    runs.run("a").write(record());
    Files.createDirectories(home.resolve("runs/never-started"));

    assertThat(runs.runs().stream().map(RunFolder::name)).containsExactly("a", "b");
    assertThat(runs.started("never-started")).isEmpty();
    assertThat(runs.started("../runs/a")).isEmpty();
  }

  @Test
  void aRunNameIsNoPath() {
    assertThatThrownBy(() -> new Home(home).run("../elsewhere"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("../elsewhere");
  }

  private static RunRecord record() {
    StageRecord stage =
        StageRecord.pending("sft", "sft", List.of("base"))
            .started(2, 40)
            .at(120, 3.5, Map.of("train/loss", 2.0))
            .finished(false, 120, "key", "content", Map.of("eval/loss", 1.25));
    return new RunRecord(
            "first",
            "quickstart",
            "hash",
            RunStatus.PENDING,
            "/store",
            "2026-01-01T00:00:00Z",
            Optional.empty(),
            Optional.empty(),
            List.of(stage))
        .ended(RunStatus.STOPPED_BY_RULE, "2026-01-01T00:01:00Z", Optional.of("enough"));
  }
}

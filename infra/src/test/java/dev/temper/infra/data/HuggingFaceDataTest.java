package dev.temper.infra.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.recipes.DataFiles.Pin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HuggingFaceDataTest {

  private static final String MAIN = "hf://datasets/o/n@main/data/a.jsonl";
  private static final String PINNED = MAIN.replace("@main", "@" + FakeHub.COMMIT);

  @TempDir Path folder;
  private final FakeHub hub = new FakeHub();
  private FetchedData data;

  @BeforeEach
  void open() {
    hub.files.put("data/a.jsonl", "{\"text\": \"a\"}\n");
    hub.files.put("data/deep/b c.jsonl", "{\"text\": \"b\"}\n");
    data =
        new FetchedData(
            folder,
            Map.of(
                "hf",
                () ->
                    new HuggingFaceData(
                        Map.of("HF_ENDPOINT", hub.address(), "HF_TOKEN", "secret"))));
  }

  @AfterEach
  void close() {
    hub.close();
  }

  @Test
  void pinsTheRevisionAndFetchesOnce() throws IOException {
    Pin pin = data.fetch(new Pin(MAIN, ""));

    assertThat(pin.file()).isEqualTo(PINNED);
    assertThat(folder.resolve(pin.sha256())).hasContent("{\"text\": \"a\"}");
    assertThat(hub.asked)
        .containsExactly(
            "hub /api/datasets/o/n/revision/main Bearer secret",
            "hub /datasets/o/n/resolve/" + FakeHub.COMMIT + "/data/a.jsonl Bearer secret",
            "store /data/a.jsonl -");
    hub.asked.clear();
    assertThat(data.fetch(new Pin(MAIN, ""))).isEqualTo(pin);
    assertThat(data.fetch(new Pin("hf://datasets/o/n/data/a.jsonl", ""))).isEqualTo(pin);
    assertThat(hub.asked).noneMatch(request -> request.contains("resolve"));
    hub.asked.clear();
    assertThat(data.fetch(pin)).isEqualTo(pin);
    assertThat(hub.asked).isEmpty();
  }

  @Test
  void aFolderHasAllItsFiles() throws IOException {
    Pin pin = data.fetch(new Pin("hf://datasets/o/n@main/data/", ""));

    Path there = folder.resolve(pin.sha256());
    assertThat(there.resolve("a.jsonl")).hasContent("{\"text\": \"a\"}");
    assertThat(there.resolve("deep/b c.jsonl")).hasContent("{\"text\": \"b\"}");
    assertThat(pin.file()).isEqualTo("hf://datasets/o/n@" + FakeHub.COMMIT + "/data/");
  }

  @Test
  void otherBytesThanTheRecipeSaysAreRefused() {
    assertThatThrownBy(() -> data.fetch(new Pin(PINNED, "a".repeat(64))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not what the recipe says");
  }

  @Test
  void nothingHalfFetchedIsLeft() throws IOException {
    hub.files.put("data/deep/b c.jsonl", "x");
    assertThatThrownBy(() -> data.fetch(new Pin("hf://datasets/o/n@main/nowhere.jsonl", "")))
        .hasMessageContaining("status 404: there is no such data set, revision or path");
    assertThatThrownBy(() -> data.fetch(new Pin("hf://datasets/o/private@main/a.jsonl", "")))
        .hasMessageContaining("status 401: HF_TOKEN may not read it")
        .hasMessageNotContaining("secret");
    try (var left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aLocationThatIsNoneIsRefusedByItsForm() {
    assertThatThrownBy(() -> data.fetch(new Pin("hf://datasets/gsm8k/train.jsonl", "")))
        .hasMessageContaining("must be hf://datasets/OWNER/NAME@REVISION/PATH");
    assertThatThrownBy(() -> new HuggingFaceData(Map.of("HF_ENDPOINT", "hub")))
        .hasMessageContaining("HF_ENDPOINT must be like https://host, got 'hub'");
  }

  @Test
  void aServerThatDoesNotAnswerIsUnreachable() {
    hub.close();
    assertThatThrownBy(() -> data.fetch(new Pin(MAIN, "")))
        .isInstanceOf(DataUnreachableException.class)
        .hasMessageContaining(hub.address() + " does not answer");
  }
}

package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesTest {

  @TempDir Path folder;

  @Test
  void readsBackWhatItWrote() throws IOException {
    List<SampleLine> lines =
        List.of(
            new SampleLine(3, "p\n", "ü \"q\"", true, Optional.of(0.1), Optional.empty()),
            new SampleLine(4, "", "", false, Optional.empty(), Optional.of(-1e-300)));

    ByteBuffer bytes = JsonLines.write(lines);

    assertThat(JsonLines.read(bytes, "samples.jsonl", SampleLine.class)).isEqualTo(lines);
    assertThat(StandardCharsets.UTF_8.decode(bytes).toString())
        .startsWith(
            "{\"step\":3,\"prompt\":\"p\\n\",\"completion\":\"ü \\\"q\\\"\",\"ended\":true,\"gold\":0.1}\n");
  }

  @Test
  void bytesDoNotDependOnTheOrderOfMaps() throws IOException {
    Map<String, Integer> map = new HashMap<>();
    for (int i = 20; i > 0; i--) {
      map.put("k" + i % 10, i);
    }

    assertThat(StandardCharsets.UTF_8.decode(JsonLines.object(map)).toString())
        .startsWith("{\"k0\":10,\"k1\":1,\"k2\":2");
  }

  @Test
  void namesTheBrokenLine() throws IOException {
    Path file = folder.resolve("pairs.jsonl");
    Files.writeString(file, "\n{\"prompt\": 1");

    assertThatThrownBy(() -> JsonLines.read(file, PairRow.class))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("pairs.jsonl:2")
        .hasMessageContaining("PairRow");
  }

  @Test
  void refusesAMissingNumberInsteadOfReadingZero() {
    ByteBuffer bytes =
        ByteBuffer.wrap(
            "{\"prompt\":\"\",\"completion\":\"\",\"ended\":true}"
                .getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> JsonLines.read(bytes, "samples.jsonl", SampleLine.class))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("step");
  }
}

package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.trainers.CheckpointWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ChunksTest {

  @Test
  void pathsDoNotDependOnTheLanguageOfTheMachine() throws IOException {
    Locale before = Locale.getDefault(Locale.Category.FORMAT);
    Locale.setDefault(Locale.Category.FORMAT, Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      Chunks chunks = new Chunks("rows");
      chunks.add(List.of(1, 2));
      assertThat(paths(chunks)).containsExactly("rows/000000.jsonl", "rows/chunks.json");
    } finally {
      Locale.setDefault(Locale.Category.FORMAT, before);
    }
  }

  private static Set<String> paths(Chunks chunks) throws IOException {
    Set<String> paths = new TreeSet<>();
    chunks.save(
        new CheckpointWriter() {
          @Override
          public void put(String path, ByteBuffer content) {
            paths.add(path);
          }

          @Override
          public void putOnce(String path, Content content) {
            paths.add(path);
          }
        });
    return paths;
  }
}

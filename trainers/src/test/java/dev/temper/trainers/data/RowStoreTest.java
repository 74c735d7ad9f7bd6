package dev.temper.trainers.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.recipes.DataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowStoreTest {

  @TempDir Path folder;

  @Test
  void rowsThatMemoryDoesNotHoldAreTheSameRows() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 3000; i++) {
      text.append(
          """
          {"messages": [{"role": "system", "content": "s%d"}, {"role": "user", "content": "é%d"}, {"role": "assistant", "content": "%s"}], "level": %d}
          """
              .formatted(i, i % 50, "y".repeat(i % 700), i));
    }
    Files.writeString(folder.resolve("a.jsonl"), text);
    DataSource.File file = new DataSource.File("a.jsonl", "aa", 0);
    DataSource mixture =
        new DataSource.Mixture(
            List.of(
                new DataSource.Part(file, Optional.of(1.0), 0),
                new DataSource.Part(file, Optional.of(2.0), 0)),
            5);
    for (DataSource source : List.of(file, mixture)) {
      RowSet held = new DataSources(new FolderInputs(folder)).rowSet(source);
      RowSet onDisk = new DataSources(new FolderInputs(folder), 1000).rowSet(source);
      assertThat(held.onDisk()).isFalse();
      assertThat(onDisk.onDisk()).isTrue();
      assertThat(onDisk.rows()).isEqualTo(held.rows());
      assertThat(onDisk.rows().get(77)).isEqualTo(held.rows().get(77));
      assertThat(onDisk.duplicates()).isEqualTo(held.duplicates());
      assertThat(onDisk.withoutTrainedTokens()).isEqualTo(held.withoutTrainedTokens()).isPositive();
    }
  }

  @Test
  void pairsThatMemoryDoesNotHoldAreTheSamePairs() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      text.append(
          "{\"prompt\": \"p%d\", \"completion\": \"c%d\", \"rating\": %d}\n"
              .formatted(i % 60, i, i % 7));
    }
    Files.writeString(folder.resolve("a.jsonl"), text);
    DataSource file = new DataSource.File("a.jsonl", "aa", 0);
    assertThat(new DataSources(new FolderInputs(folder), 1000).pairs(file))
        .isEqualTo(new DataSources(new FolderInputs(folder)).pairs(file));
  }

  @Test
  void countsAsAMapOfNumbersDoes() {
    LongCounts counts = new LongCounts();
    Map<Long, Integer> expected = new HashMap<>();
    List<Integer> before = new ArrayList<>();
    List<Integer> wanted = new ArrayList<>();
    for (long i = 0; i < 20_000; i++) {
      long key = (i * i * 0x9E3779B97F4A7C15L) >> 50;
      before.add(counts.next(key));
      wanted.add(expected.merge(key, 1, Integer::sum) - 1);
    }
    assertThat(before).isEqualTo(wanted);
    assertThat(counts.distinct()).isEqualTo(expected.size());
  }
}

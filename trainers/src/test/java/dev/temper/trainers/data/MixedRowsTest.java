package dev.temper.trainers.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.recipes.DataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MixedRowsTest {

  @TempDir Path folder;

  @Test
  void weightsAreSharesAndTheSmallestPartEndsTheMixture() {
    assertThat(counts(List.of(100, 100), List.of(3.0, 1.0), 0)).containsExactly(100, 33);
    assertThat(counts(List.of(100, 10), List.of(1.0, 1.0), 0)).containsExactly(10, 10);
    assertThat(counts(List.of(10, 10, 10), List.of(1.0, 1.0, 1.0), 0)).containsExactly(10, 10, 10);
    assertThat(counts(List.of(7, 1000), List.of(0.1, 0.9), 0)).containsExactly(7, 63);
    assertThat(counts(List.of(100, 100), List.of(3.0, 1.0), 30)).containsExactly(30, 10);
    assertThat(MixedRows.counts(List.of(capped("a", null, 4), capped("b", null, 0)), List.of(9, 5)))
        .containsExactly(4, 5);
    assertThatThrownBy(() -> counts(List.of(5, 5), List.of(1e9, 1.0), 0))
        .hasMessageContaining("source 2 of the mixture gives no row");
  }

  @Test
  void givesTheSameRowsInTheSameOrderWhateverTheFilesAreCalled() throws IOException {
    write("a.jsonl", "a", 40);
    write("b.jsonl", "b", 40);
    List<String> mixed = texts(mixture(7, part("a.jsonl", "aa", 1.0), part("b.jsonl", "bb", 1.0)));
    assertThat(mixed).hasSize(80).doesNotHaveDuplicates();
    assertThat(mixed.subList(0, 40))
        .anyMatch(t -> t.startsWith("a"))
        .anyMatch(t -> t.startsWith("b"));
    assertThat(texts(mixture(7, part("a.jsonl", "aa", 1.0), part("b.jsonl", "bb", 1.0))))
        .isEqualTo(mixed);
    Files.move(folder.resolve("a.jsonl"), folder.resolve("renamed.jsonl"));
    assertThat(texts(mixture(7, part("renamed.jsonl", "aa", 1.0), part("b.jsonl", "bb", 1.0))))
        .isEqualTo(mixed);
    assertThat(texts(mixture(7, part("b.jsonl", "bb", 1.0), part("renamed.jsonl", "aa", 1.0))))
        .isEqualTo(mixed);
    assertThat(texts(mixture(8, part("renamed.jsonl", "aa", 1.0), part("b.jsonl", "bb", 1.0))))
        .isNotEqualTo(mixed)
        .containsExactlyInAnyOrderElementsOf(mixed);
  }

  @Test
  void whatAPartGivesDoesNotDependOnTheOthers() throws IOException {
    write("a.jsonl", "a", 40);
    write("b.jsonl", "b", 10);
    write("c.jsonl", "c", 10);
    List<String> withB = texts(mixture(7, part("a.jsonl", "aa", 1.0), part("b.jsonl", "bb", 1.0)));
    List<String> withC = texts(mixture(7, part("a.jsonl", "aa", 1.0), part("c.jsonl", "cc", 1.0)));
    assertThat(withB).hasSize(20);
    assertThat(withB.stream().filter(t -> t.startsWith("a")).toList())
        .isEqualTo(withC.stream().filter(t -> t.startsWith("a")).toList());
  }

  @Test
  void theSameFileTwiceGivesEachRowTwice() throws IOException {
    write("a.jsonl", "a", 5);
    List<String> mixed = texts(mixture(7, part("a.jsonl", "aa", 1.0), part("a.jsonl", "aa", 1.0)));
    assertThat(mixed).hasSize(10);
    assertThat(mixed.stream().distinct()).hasSize(5);
  }

  private List<String> texts(DataSource source) {
    return new DataSources(new FolderInputs(folder)).documents(source);
  }

  private void write(String name, String prefix, int rows) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      text.append("{\"text\": \"").append(prefix).append(i).append("\"}\n");
    }
    Files.writeString(folder.resolve(name), text);
  }

  private static DataSource mixture(long seed, DataSource.Part... parts) {
    return new DataSource.Mixture(List.of(parts), seed);
  }

  private static DataSource.Part part(String file, String sha256, double weight) {
    return new DataSource.Part(new DataSource.File(file, sha256, 0), Optional.of(weight), 0);
  }

  private static DataSource.Part capped(String file, Double weight, int cap) {
    return new DataSource.Part(new DataSource.File(file, "", 0), Optional.ofNullable(weight), cap);
  }

  private static int[] counts(List<Integer> sizes, List<Double> weights, int cap) {
    List<DataSource.Part> parts = new ArrayList<>();
    weights.forEach(weight -> parts.add(capped("x", weight, cap)));
    return MixedRows.counts(parts, sizes);
  }
}

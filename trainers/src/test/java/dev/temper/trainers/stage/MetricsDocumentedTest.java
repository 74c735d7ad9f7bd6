package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MetricsDocumentedTest {

  private static final String SOURCES = "trainers/src/main/java/dev/temper/trainers/stage";

  /** A whole name, for example {@code "train/loss"}. */
  private static final Pattern NAME = Pattern.compile("\"([a-z][a-z0-9-]*/[a-z][a-z0-9_]*)\"");

  /** The end of a name whose section the caller chooses. */
  private static final Pattern ENDING = Pattern.compile("prefix \\+ \"([a-z][a-z0-9_]*)\"");

  @Test
  void everyNameThatAStageLogsHasItsFormula() throws IOException {
    String documented = Files.readString(root().resolve("docs/metrics.md"));

    NavigableSet<String> names = found(NAME);

    assertThat(names).contains("train/loss", "kl/k1", "curve/peak_step");
    assertThat(names).allSatisfy(name -> assertThat(documented).contains("`" + name + "`"));
  }

  @Test
  void everyEndingOfANameHasItsFormula() throws IOException {
    String documented = Files.readString(root().resolve("docs/metrics.md"));

    NavigableSet<String> endings = found(ENDING);

    assertThat(endings).contains("accuracy", "agreement");
    assertThat(endings).allSatisfy(end -> assertThat(documented).contains("/" + end + "`"));
  }

  private static NavigableSet<String> found(Pattern pattern) throws IOException {
    NavigableSet<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.list(root().resolve(SOURCES))) {
      for (Path file : files.toList()) {
        pattern
            .matcher(Files.readString(file))
            .results()
            .map((MatchResult match) -> match.group(1))
            .forEach(names::add);
      }
    }
    return names;
  }

  /** The folder above the working directory that has the documentation. */
  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("docs/metrics.md"))) {
      folder = folder.getParent();
    }
    assertThat(folder).as("a folder with docs/metrics.md").isNotNull();
    return folder;
  }
}

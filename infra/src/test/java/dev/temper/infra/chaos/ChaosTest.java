package dev.temper.infra.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.infra.cli.Main;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of stage, killed where it hurts and at random times, ends as if nothing had been. */
class ChaosTest {

  private static final int NAMED = 10;
  private static final int RANDOM = 3;
  private static final long SEED = 20;

  @TempDir Path folder;

  @Test
  void aKilledRunLeavesWhatAnUninterruptedOneLeaves() throws Exception {
    List<String> temper =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx600m",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName());

    Certificate certificate =
        Chaos.embedded(
                Path.of("src/test/resources/recipes/all-kinds.yaml").toAbsolutePath(),
                folder.resolve("chaos"),
                temper,
                SEED,
                "test",
                System.out::println)
            .certify(NAMED + RANDOM, NAMED, Set.of());

    System.out.print(certificate.markdown());
    assertThat(certificate.differences()).isEmpty();
    assertThat(certificate.blows()).hasSize(NAMED + RANDOM);
    assertThat(certificate.stages())
        .allSatisfy((stage, sums) -> assertThat(sums.fromZero()).isZero());
    assertThat(certificate.stages().values()).extracting(Certificate.StageSums::kind).hasSize(12);
    assertThat(certificate.blows().stream().map(Certificate.Fallen::moment))
        .contains(
            "checkpoint.file",
            "checkpoint.before-publish",
            "checkpoint.after-publish",
            "artifact.before-publish",
            "artifact.after-publish",
            "random");
  }
}

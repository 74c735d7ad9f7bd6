package dev.temper.infra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.infra.cli.Main;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of stage, killed where it hurts and at random times, ends as if nothing had been. */
class KillCertificateTest {

  private static final int RANDOM_KILLS = 3;
  private static final long SEED = 20;

  @TempDir Path folder;

  @Test
  void aKilledRunLeavesWhatAnUninterruptedOneLeaves() throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx600m",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName());

    KillHarness.Certificate certificate =
        new KillHarness(
                Path.of("src/test/resources/recipes/all-kinds.yaml").toAbsolutePath(),
                folder,
                command,
                SEED)
            .certify(RANDOM_KILLS);

    System.out.print(certificate.markdown());
    assertThat(certificate.differences()).isEmpty();
    assertThat(certificate.kills()).hasSize(RANDOM_KILLS + 10);
    assertThat(certificate.kinds()).hasSize(10);
    assertThat(certificate.kills().stream().map(kill -> kill.moment().split(":", 2)[0]))
        .contains(
            "checkpoint.file",
            "checkpoint.before-publish",
            "artifact.before-publish",
            "artifact.after-publish",
            "random");
  }
}

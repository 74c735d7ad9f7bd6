package dev.temper.infra.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CertificateTest {

  @Test
  void aKindThatWasHitByItsOwnMomentAloneIsCounted() {
    Certificate.Fallen blow =
        new Certificate.Fallen(
            1, "worker", "artifact.before-publish", "evaluation", 3, Map.of("rl", "rl"), 1);
    Certificate certificate =
        new Certificate("tiny", "", "", 1, 1, 1, 1, List.of(blow), Map.of(), 0, 0, 0, List.of());
    assertThat(certificate.markdown()).contains("kinds of stages: evaluation 1, rl 1\n");
  }
}

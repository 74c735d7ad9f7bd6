package dev.temper.infra.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServerVersionTest {

  @Test
  void whatLacksUpdatesIsTooOld() {
    assertThat(ServerVersion.parse("1.24.9").orElseThrow().isTooOld()).isTrue();
    assertThat(ServerVersion.parse("0.99").orElseThrow().isTooOld()).isTrue();
    assertThat(ServerVersion.parse("1.25.0").orElseThrow().isTooOld()).isFalse();
    assertThat(ServerVersion.parse("v2.0.1-rc").orElseThrow().isTooOld()).isFalse();
  }

  @Test
  void aNameIsNoVersion() {
    assertThat(ServerVersion.parse("")).isEmpty();
    assertThat(ServerVersion.parse("temporal-cloud")).isEmpty();
  }
}

package dev.temper.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HaltAtTest {

  private final AtomicInteger halts = new AtomicInteger();

  @Test
  void itHaltsAtTheHitOfTheMomentOfTheKind() {
    HaltAt halt = new HaltAt("checkpoint.file:sft:2", halts::incrementAndGet);
    halt.at("checkpoint.file", "rl");
    halt.at("artifact.file", "sft");
    halt.at("checkpoint.file", "sft");
    assertThat(halts).hasValue(0);
    halt.at("checkpoint.file", "sft");
    assertThat(halts).hasValue(1);
  }

  @Test
  void aStarStandsForEveryKind() {
    HaltAt halt = new HaltAt("stage.step:*:2", halts::incrementAndGet);
    halt.at("stage.step", "rl");
    halt.at("stage.step", "sft");
    assertThat(halts).hasValue(1);
  }

  @Test
  void withoutATextNothingIsHalted() {
    assertThat(HaltAt.parse(Optional.empty())).isSameAs(StageFailpoints.NONE);
    assertThat(HaltAt.parse(Optional.of(""))).isSameAs(StageFailpoints.NONE);
  }

  @Test
  void aTextThatSaysNothingIsRefused() {
    for (String text : new String[] {"x", "a:b", "a:b:0", "a:b:-1", "a:b:c"}) {
      assertThatThrownBy(() -> HaltAt.parse(Optional.of(text)))
          .hasMessageContaining("TEMPER_HALT_AT must be moment:kind-or-*:hit")
          .hasMessageContaining("'" + text + "'");
    }
  }
}

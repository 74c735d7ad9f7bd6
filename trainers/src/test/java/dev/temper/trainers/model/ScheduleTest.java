package dev.temper.trainers.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.temper.recipes.OptimizerSpec;
import dev.temper.trainers.StageFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {

  private static Schedule schedule(String name, int warmup, double floor) {
    return new Schedule(new OptimizerSpec(name, warmup, floor, 0, 0.9, 0.95, 1e-8, 1), 0.01, 100);
  }

  @ParameterizedTest
  @CsvSource({
    "constant, 0, 0.01",
    "constant, 99, 0.01",
    "linear, 0, 0.01",
    "linear, 50, 0.006",
    "linear, 100, 0.002",
    "linear, 120, 0.002",
    "cosine, 0, 0.01",
    "cosine, 50, 0.006",
    "cosine, 25, 0.0088284271",
    "cosine, 100, 0.002",
    "wsd, 0, 0.01",
    "wsd, 79, 0.01",
    "wsd, 90, 0.006",
    "wsd, 100, 0.002",
    "wsd, 120, 0.002"
  })
  void ratesFollowTheShape(String name, long step, double rate) {
    assertThat(schedule(name, 0, 0.2).at(step)).isCloseTo(rate, within(1e-9));
  }

  @Test
  void warmUpIsLinearAndEndsAtThePeak() {
    Schedule schedule = schedule("constant", 4, 0);
    assertThat(schedule.at(0)).isEqualTo(0.0025);
    assertThat(schedule.at(2)).isEqualTo(0.0075);
    assertThat(schedule.at(3)).isEqualTo(0.01);
    assertThat(schedule.at(50)).isEqualTo(0.01);
  }

  @Test
  void anUnknownShapeIsRefused() {
    assertThatThrownBy(() -> schedule("wavy", 0, 0))
        .isInstanceOf(StageFailure.class)
        .hasMessage("schedule must be one of [constant, cosine, linear, wsd], got 'wavy'");
  }
}

package dev.temper.infra.openai;

import java.time.Duration;

/** Waits between two tries. */
@FunctionalInterface
interface Pause {
  Pause REAL = duration -> Thread.sleep(duration.toMillis());

  void of(Duration duration) throws InterruptedException;
}

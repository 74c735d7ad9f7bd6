package dev.temper.infra.cli;

import dev.temper.infra.run.RunListener;
import dev.temper.infra.run.ShownProgress;
import dev.temper.infra.run.StageRecord;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Progress for logs and pipes: a line when a stage changes, and now and then while it runs. */
final class PlainProgress implements RunListener {

  private static final Duration EVERY = Duration.ofSeconds(10);

  private final PrintStream out;
  private final StageLine line;
  private final Clock clock;
  private final Map<String, Instant> last = new HashMap<>();

  PlainProgress(PrintStream out, StageLine line, Clock clock) {
    this.out = out;
    this.line = line;
    this.clock = clock;
  }

  @Override
  public synchronized void changed(StageRecord stage) {
    last.put(stage.name(), clock.instant());
    out.println(line.text(stage));
  }

  @Override
  public synchronized void progressed(ShownProgress progress) {
    Instant now = clock.instant();
    Instant before = last.getOrDefault(progress.stage(), Instant.MIN);
    if (before.isBefore(now.minus(EVERY))) {
      last.put(progress.stage(), now);
      out.println(line.text(progress));
    }
  }

  @Override
  public synchronized void noted(String stage, String note) {
    out.println(stage + ": " + note);
  }
}

package dev.temper.infra.cli;

import dev.temper.infra.run.RunListener;
import dev.temper.infra.run.RunStatus;
import dev.temper.infra.run.ShownProgress;
import dev.temper.infra.run.StageRecord;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** Progress on a terminal: what ended scrolls up, what runs is redrawn in place below it. */
final class TerminalProgress implements RunListener {

  private static final String UP_AND_CLEAR = "\u001b[1A\u001b[2K";

  private final PrintStream out;
  private final StageLine line;
  private final int columns;
  private final Map<String, String> running = new LinkedHashMap<>();
  private int drawn;

  TerminalProgress(PrintStream out, StageLine line, int columns) {
    this.out = out;
    this.line = line;
    this.columns = columns;
  }

  @Override
  public synchronized void changed(StageRecord stage) {
    if (stage.status() == RunStatus.RUNNING) {
      running.put(stage.name(), line.text(stage));
      redraw("");
    } else {
      running.remove(stage.name());
      redraw(line.text(stage) + System.lineSeparator());
    }
  }

  @Override
  public synchronized void progressed(ShownProgress progress) {
    if (running.containsKey(progress.stage())) {
      running.put(progress.stage(), line.text(progress));
      redraw("");
    }
  }

  @Override
  public synchronized void noted(String stage, String note) {
    redraw(stage + ": " + note + System.lineSeparator());
  }

  private void redraw(String above) {
    StringBuilder frame = new StringBuilder(UP_AND_CLEAR.repeat(drawn)).append(above);
    for (String text : running.values()) {
      // A line that wraps would be two lines to clear.
      frame.append(text, 0, Math.min(text.length(), columns - 1)).append(System.lineSeparator());
    }
    drawn = running.size();
    out.print(frame);
    out.flush();
  }
}

package dev.temper.activities;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * One line per attempt: where it started, how many steps it really executed, kills included, the
 * step of its newest checkpoint, and how long its loop stood still for checkpoints.
 *
 * <p>The counts are overwritten in place after every step, so that they are right when the process
 * is killed; the line keeps its length.
 */
final class AttemptLog implements AutoCloseable {

  private final FileChannel file;
  private final int attempt;
  private final long resumedFromStep;
  private final long startedAt;
  private final long position;
  private long executedSteps;
  private long committedStep;
  private LoopTime time = LoopTime.NONE;

  private AttemptLog(FileChannel file, int attempt, long resumedFromStep, long startedAt)
      throws IOException {
    this.file = file;
    this.attempt = attempt;
    this.resumedFromStep = resumedFromStep;
    this.startedAt = startedAt;
    this.position = file.size();
    this.committedStep = resumedFromStep;
  }

  static AttemptLog open(Path path, int attempt, long resumedFromStep, long startedAt)
      throws IOException {
    FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      AttemptLog log = new AttemptLog(file, attempt, resumedFromStep, startedAt);
      log.write();
      return log;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  void executed(LoopTime spent) throws IOException {
    executedSteps++;
    spent(spent);
  }

  void spent(LoopTime spent) throws IOException {
    time = spent;
    write();
  }

  /** A checkpoint of this step is in the store. */
  void committed(long step) throws IOException {
    if (step != committedStep) {
      committedStep = step;
      write();
    }
  }

  private void write() throws IOException {
    String line =
        String.format(
            Locale.ROOT,
            "{\"attempt\":%d,\"startedAt\":%d,\"resumedFromStep\":%d,\"executedSteps\":%-12d,\"committedStep\":%-12d,"
                + "\"loopMicros\":%-14d,\"stalledMicros\":%-14d,\"checkpoints\":%-9d}\n",
            attempt,
            startedAt,
            resumedFromStep,
            executedSteps,
            committedStep,
            time.loopNanos() / 1000,
            time.stalledNanos() / 1000,
            time.checkpoints());
    ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
    long at = position;
    while (bytes.hasRemaining()) {
      at += file.write(bytes, at);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

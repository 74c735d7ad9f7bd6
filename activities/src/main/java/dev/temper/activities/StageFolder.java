package dev.temper.activities;

import dev.temper.trainers.Pulse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The files that the driver keeps in a stage's folder of a run. Each is replaced as a whole, by
 * rename; the artifact in the store is the truth.
 */
public record StageFolder(Path path, InstantSource clock) {

  /** Attachment of every artifact: the metric lines without their times. */
  static final String HISTORY = "history.jsonl";

  private static final String METRICS = "metrics.jsonl";

  private static final String COMMITTED = "committed.json";

  MetricsJournal journal(ByteBuffer linesOfCheckpoint) throws IOException {
    return MetricsJournal.open(path.resolve(METRICS), linesOfCheckpoint, clock);
  }

  AttemptLog attempts(int attempt, long resumedFromStep) throws IOException {
    return AttemptLog.open(
        path.resolve("attempts.jsonl"), attempt, resumedFromStep, clock.millis());
  }

  /**
   * Notes that journal lines up to a step will never change.
   *
   * <p>Written before a journal that starts at that step is opened and after the lines that it
   * covers: whoever reads the journal first and then this never takes a line for final that is not.
   */
  void committed(long step) throws IOException {
    String line = "{\"step\":" + step + "}\n";
    replace(COMMITTED, ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
  }

  /** Whether a task may give an attachment this path. */
  static boolean mayHold(String attachment) {
    return !attachment.equals(HISTORY)
        && !attachment.equals(METRICS)
        && !attachment.equals(COMMITTED)
        && !attachment.equals("attempts.jsonl")
        && !attachment.equals("progress.json")
        && !attachment.startsWith("diverged/");
  }

  /** Brings metric lines and attachments of a finished stage into the folder. */
  public void deliver(ArtifactStore store, Manifest artifact, Pulse pulse) throws IOException {
    Path attachments = store.openAttachments(artifact, pulse);
    for (StoredFile file : artifact.attachments()) {
      if (file.path().equals(HISTORY)) {
        deliverMetrics(
            Files.readString(attachments.resolve(HISTORY)), store.published(artifact.key()));
      } else {
        replace(file.path(), ByteBuffer.wrap(Files.readAllBytes(attachments.resolve(file.path()))));
      }
    }
  }

  /**
   * Keeps a journal that has the same lines, for the sake of its times. Others have one time: two
   * that restore the lines and send them must not tell a tracker two times of one step.
   */
  private void deliverMetrics(String history, Instant time) throws IOException {
    Path metrics = path.resolve(METRICS);
    if (!Files.exists(metrics) || !sameLines(Files.readString(metrics), history)) {
      replace(METRICS, MetricsJournal.withTimes(history, time));
    }
  }

  private static boolean sameLines(String journal, String history) {
    try {
      return MetricsJournal.withoutTimes(journal).equals(StandardCharsets.UTF_8.encode(history));
    } catch (IOException | ClassCastException e) {
      return false; // the last line may be torn
    }
  }

  void replace(String name, ByteBuffer bytes) throws IOException {
    Path file = path.resolve(ContentPaths.require(name));
    Files.createDirectories(file.getParent());
    Path fresh = file.resolveSibling("." + file.getFileName() + ".new");
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    try {
      Files.write(fresh, copy);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (FileSystemException e) {
      Files.deleteIfExists(fresh);
      throw e; // names its path already
    } catch (IOException e) {
      Files.deleteIfExists(fresh);
      // "No space left on device" says nothing about which device.
      throw new IOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }
}

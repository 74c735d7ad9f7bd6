package dev.temper.activities;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;

/**
 * One line {@code {"step", "time", "metrics"}} per logged step, no step twice; time in milliseconds
 * since 1970.
 *
 * <p>The lines travel inside every checkpoint: whoever goes on from it starts its journal with
 * them. Opening replaces the file by rename, so that an older attempt, which still has the old file
 * open, writes into one that nobody sees. Lines after the newest checkpoint are lost with their
 * steps.
 */
final class MetricsJournal implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path path;
  private final FileChannel file;
  private final InstantSource clock;
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
  private long lastStep = Long.MIN_VALUE;

  private MetricsJournal(Path path, FileChannel file, InstantSource clock) {
    this.path = path;
    this.file = file;
    this.clock = clock;
  }

  /** A journal that starts with the lines of a checkpoint. */
  static MetricsJournal open(Path path, ByteBuffer linesOfCheckpoint, InstantSource clock)
      throws IOException {
    // Not a temporary file of the JDK's: those can be read by their owner alone, and a kill here
    // would leave one more of them each time.
    Path fresh = path.resolveSibling("." + path.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    MetricsJournal journal =
        new MetricsJournal(
            path,
            FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            clock);
    try {
      byte[] bytes = new byte[linesOfCheckpoint.remaining()];
      linesOfCheckpoint.duplicate().get(bytes);
      for (String line : new String(bytes, StandardCharsets.UTF_8).lines().toList()) {
        journal.lastStep = JSON.readTree(line).get("step").longValue();
      }
      journal.write(bytes);
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return journal;
    } catch (IOException | RuntimeException e) {
      journal.close();
      Files.deleteIfExists(fresh);
      throw e;
    }
  }

  void append(long step, Map<String, Double> metrics) throws IOException {
    if (step <= lastStep) {
      throw new IllegalStateException("step " + step + " was logged after step " + lastStep);
    }
    lastStep = step;
    write(line(step, clock.millis(), metrics));
  }

  /** All lines so far, for a checkpoint. */
  ByteBuffer snapshot() {
    return ByteBuffer.wrap(lines.toByteArray());
  }

  /** All lines so far without their times, for the artifact. */
  ByteBuffer history() throws IOException {
    return withoutTimes(lines.toString(StandardCharsets.UTF_8));
  }

  static ByteBuffer withoutTimes(String journal) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String line : journal.lines().toList()) {
      ObjectNode node = (ObjectNode) JSON.readTree(line);
      node.remove("time");
      text.append(node).append('\n');
    }
    return ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** A journal from an artifact's history: every line with one time. */
  static ByteBuffer withTimes(String history, Instant time) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String line : history.lines().toList()) {
      JsonNode node = JSON.readTree(line);
      ObjectNode timed = JSON.createObjectNode();
      timed.set("step", node.get("step"));
      timed.put("time", time.toEpochMilli());
      timed.set("metrics", node.get("metrics"));
      text.append(timed).append('\n');
    }
    return ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] line(long step, long time, Map<String, Double> metrics) {
    ObjectNode line = JSON.createObjectNode();
    line.put("step", step).put("time", time);
    ObjectNode values = line.putObject("metrics");
    new TreeMap<>(metrics).forEach((name, value) -> values.put(name, value));
    return (line + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private void write(byte[] bytes) throws IOException {
    lines.writeBytes(bytes);
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    try {
      while (rest.hasRemaining()) {
        file.write(rest);
      }
    } catch (IOException e) {
      // "No space left on device" says nothing about which device.
      throw new IOException("cannot write " + path + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

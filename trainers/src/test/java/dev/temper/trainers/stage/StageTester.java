package dev.temper.trainers.stage;

import dev.temper.trainers.ArtifactWriter;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.Inspectable;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageContext;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.StageOutput;
import dev.temper.trainers.StepwiseTask;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Runs a stage to its end in memory, without a stop or with a restart from a checkpoint at chosen
 * steps, so that two such runs can be compared byte by byte.
 */
final class StageTester {

  private final StageContext context;

  StageTester(StageContext context) {
    this.context = context;
  }

  /** Runs without a stop. */
  Run clean() throws IOException {
    return run(Set.of(), UnaryOperator.identity());
  }

  /** Saves, closes and opens the task again when it has finished each of these steps. */
  Run restartedAfter(Long... steps) throws IOException {
    return run(Set.of(steps), UnaryOperator.identity());
  }

  /** Restarts after every step, and before the first. */
  Run restartedEverywhere() throws IOException {
    Set<Long> steps = new LinkedHashSet<>();
    try (StepwiseTask task = open(Optional.empty())) {
      for (long step = 0; step <= task.totalSteps(); step++) {
        steps.add(step);
      }
    }
    return run(steps, UnaryOperator.identity());
  }

  /** The files of a checkpoint at the very start. */
  Set<String> checkpointPaths() throws IOException {
    return start().keySet();
  }

  private Map<String, byte[]> start() throws IOException {
    try (StepwiseTask task = open(Optional.empty())) {
      MemoryCheckpoints checkpoints = new MemoryCheckpoints();
      task.save(checkpoints);
      return checkpoints.files;
    }
  }

  /** A planted bug: the checkpoint after a step lacks a file. */
  Run restartedWithout(String path, long step) throws IOException {
    return run(
        Set.of(step),
        files -> {
          Map<String, byte[]> left = new TreeMap<>(files);
          if (left.remove(path) == null) {
            throw new IllegalArgumentException("no %s in %s".formatted(path, files.keySet()));
          }
          return left;
        });
  }

  /** A planted bug: a file of the checkpoint after a step is as it was at the very start. */
  Run restartedWithStale(String path, long step) throws IOException {
    byte[] stale = start().get(path);
    return run(
        Set.of(step),
        files -> {
          Map<String, byte[]> changed = new TreeMap<>(files);
          changed.put(path, stale);
          return changed;
        });
  }

  /** Runs to the step that fails, and has the task show what it was working on. */
  Failed failed() throws IOException {
    try (StepwiseTask task = open(Optional.empty())) {
      while (true) {
        MemoryCheckpoints before = new MemoryCheckpoints();
        task.save(before);
        try {
          task.advance(Pulse.NONE);
        } catch (StageFailure e) {
          MemoryCheckpoints after = new MemoryCheckpoints();
          task.save(after);
          MemoryCheckpoints shown = new MemoryCheckpoints();
          ((Inspectable) task).inspect(e, shown);
          return new Failed(e, before.files, after.files, shown.files);
        }
      }
    }
  }

  /**
   * A run that failed.
   *
   * @param before what would have been saved before the step that failed
   * @param after what would be saved after it
   * @param shown for inspection
   */
  record Failed(
      StageFailure failure,
      Map<String, byte[]> before,
      Map<String, byte[]> after,
      Map<String, byte[]> shown) {

    /** Weights and optimizer state that the failed step changed. */
    List<String> changedWeights() {
      return Run.differences("saved", before, after).stream()
          .filter(difference -> difference.matches("saved (policy|reward|optimizer)/.*"))
          .toList();
    }

    StepAtHand.Step step() throws IOException {
      return JsonLines.object(ByteBuffer.wrap(shown.get(StepAtHand.STEP)), StepAtHand.Step.class);
    }

    <T> List<T> batch(Class<T> type) {
      return JsonLines.read(ByteBuffer.wrap(shown.get(StepAtHand.BATCH)), StepAtHand.BATCH, type);
    }
  }

  private Run run(Set<Long> restarts, UnaryOperator<Map<String, byte[]>> damage)
      throws IOException {
    MemoryCheckpoints checkpoints = new MemoryCheckpoints();
    List<Map<String, Double>> metrics = new ArrayList<>();
    StepwiseTask task = open(Optional.empty());
    try {
      while (true) {
        if (restarts.contains(task.step())) {
          task = restart(task, checkpoints, damage);
        }
        if (task.step() == task.totalSteps()) {
          break;
        }
        metrics.add(new TreeMap<>(task.advance(Pulse.NONE).metrics()));
      }
      MemoryArtifact artifact = new MemoryArtifact();
      StageOutput output = task.finish(artifact);
      return new Run(metrics, artifact.content, artifact.attachments, output);
    } finally {
      task.close();
    }
  }

  private StepwiseTask restart(
      StepwiseTask task, MemoryCheckpoints checkpoints, UnaryOperator<Map<String, byte[]>> damage)
      throws IOException {
    checkpoints.files.clear();
    task.save(checkpoints);
    long step = task.step();
    task.close();
    StepwiseTask restarted =
        open(Optional.of(new MemoryCheckpoint(step, damage.apply(Map.copyOf(checkpoints.files)))));
    if (restarted.step() != step) {
      throw new AssertionError("saved at %d, restored at %d".formatted(step, restarted.step()));
    }
    return restarted;
  }

  private StepwiseTask open(Optional<CheckpointReader> from) throws IOException {
    return Stages.factory(context.servers()).open(context, from);
  }

  /** What a run left behind. */
  record Run(
      List<Map<String, Double>> metrics,
      Map<String, byte[]> content,
      Map<String, byte[]> attachments,
      StageOutput output) {

    /** In words; empty for two runs that are equal bit by bit. */
    List<String> differencesFrom(Run other) {
      List<String> differences = new ArrayList<>();
      if (metrics.size() != other.metrics.size()) {
        differences.add("steps: %d and %d".formatted(metrics.size(), other.metrics.size()));
      }
      for (int step = 0; step < Math.min(metrics.size(), other.metrics.size()); step++) {
        if (!metrics.get(step).equals(other.metrics.get(step))) {
          differences.add(
              "metrics %d: %s and %s".formatted(step, metrics.get(step), other.metrics.get(step)));
        }
      }
      differences.addAll(differences("content", content, other.content));
      differences.addAll(differences("attachment", attachments, other.attachments));
      if (!output.equals(other.output)) {
        differences.add("output: %s and %s".formatted(output, other.output));
      }
      return differences;
    }

    private static List<String> differences(
        String what, Map<String, byte[]> here, Map<String, byte[]> there) {
      Set<String> paths = new LinkedHashSet<>(here.keySet());
      paths.addAll(there.keySet());
      return paths.stream()
          .filter(path -> !Arrays.equals(here.get(path), there.get(path)))
          .map(path -> what + " " + path)
          .toList();
    }

    /** The values of one metric over the steps that logged it. */
    List<Double> series(String metric) {
      return metrics.stream()
          .filter(line -> line.containsKey(metric))
          .map(line -> line.get(metric))
          .toList();
    }

    /** Writes the content into a folder, as the input of another stage. */
    Path writeTo(Path folder) throws IOException {
      for (Map.Entry<String, byte[]> file : content.entrySet()) {
        Path path = folder.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.write(path, file.getValue());
      }
      return folder;
    }
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  /** Keeps immutable files across checkpoints, as a store does. */
  private static final class MemoryCheckpoints implements CheckpointWriter {
    private final Map<String, byte[]> files = new TreeMap<>();
    private final Map<String, byte[]> once = new HashMap<>();

    @Override
    public void put(String path, ByteBuffer content) {
      files.put(path, bytes(content));
    }

    @Override
    public void putOnce(String path, Content content) throws IOException {
      if (!once.containsKey(path)) {
        once.put(path, bytes(content.bytes()));
      }
      files.put(path, once.get(path));
    }
  }

  private record MemoryCheckpoint(long step, Map<String, byte[]> files)
      implements CheckpointReader {
    @Override
    public ByteBuffer read(String path) throws IOException {
      byte[] bytes = files.get(path);
      if (bytes == null) {
        throw new IOException("the checkpoint has no " + path);
      }
      // Stores may map files: direct, so that code that needs an array shows.
      ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.LITTLE_ENDIAN);
      return direct.put(bytes).flip();
    }

    @Override
    public List<String> paths() {
      return files.keySet().stream().sorted().toList();
    }
  }

  private static final class MemoryArtifact implements ArtifactWriter {
    private final Map<String, byte[]> content = new TreeMap<>();
    private final Map<String, byte[]> attachments = new TreeMap<>();

    @Override
    public void content(String path, ByteBuffer bytes) {
      content.put(path, bytes(bytes));
    }

    @Override
    public void attachment(String path, ByteBuffer bytes) {
      attachments.put(path, bytes(bytes));
    }
  }
}

package dev.temper.trainers.stage;

import dev.temper.trainers.ArtifactWriter;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.model.LanguageModel;
import dev.temper.trainers.model.Learner;
import dev.temper.trainers.text.Tokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The policies that reinforcement learning keeps: one on every point of a grid, step 0 and the last
 * one included. They never change, so that checkpoints refer to the first copy.
 *
 * <p>Each is held in memory until the end, as the bytes of its files and no tensors.
 */
final class Snapshots {
  private static final String FOLDER = "snapshots/step-";

  private final long totalSteps;
  private final int everySteps;
  private final SortedMap<Long, SortedMap<String, ByteBuffer>> kept = new TreeMap<>();

  Snapshots(long totalSteps, int everySteps) {
    this.totalSteps = totalSteps;
    this.everySteps = everySteps;
  }

  /** Keeps the learner's result, which is of the policy, if the step is on the grid. */
  void offer(long step, LanguageModel policy, Learner learner) throws IOException {
    if (Due.at(step, totalSteps, everySteps)) {
      kept.put(step, new TreeMap<>(learner.onResult(policy::files)));
    }
  }

  void save(CheckpointWriter out) throws IOException {
    for (Map.Entry<Long, SortedMap<String, ByteBuffer>> snapshot : kept.entrySet()) {
      for (Map.Entry<String, ByteBuffer> file : snapshot.getValue().entrySet()) {
        out.putOnce(
            folder(snapshot.getKey()) + "/" + file.getKey(), () -> file.getValue().duplicate());
      }
    }
  }

  /**
   * Reads back every snapshot up to the checkpoint's step.
   *
   * @param files names of a model's files
   */
  void restore(CheckpointReader from, Set<String> files) throws IOException {
    for (long step = 0; step <= from.step(); step++) {
      if (Due.at(step, totalSteps, everySteps)) {
        SortedMap<String, ByteBuffer> snapshot = new TreeMap<>();
        for (String file : files) {
          snapshot.put(file, from.read(folder(step) + "/" + file));
        }
        kept.put(step, snapshot);
      }
    }
  }

  /** Writes every snapshot as a folder that can be used by itself; returns outputs by name. */
  Map<String, String> write(ArtifactWriter out, Tokenizer tokenizer) throws IOException {
    Map<String, String> outputs = new TreeMap<>();
    Grid grid = new Grid(List.copyOf(kept.keySet()), everySteps);
    out.content(Grid.FILE, JsonLines.object(grid));
    for (Map.Entry<Long, SortedMap<String, ByteBuffer>> snapshot : kept.entrySet()) {
      String folder = folder(snapshot.getKey());
      ModelFolder.write(
          out,
          folder,
          sink -> {
            for (Map.Entry<String, ByteBuffer> file : snapshot.getValue().entrySet()) {
              sink.put(file.getKey(), file.getValue());
            }
          },
          tokenizer);
      // In every folder, so that the grid can be read from whichever output a stage is given.
      out.content(folder + "/" + Grid.FILE, JsonLines.object(grid));
      outputs.put("@" + snapshot.getKey(), folder);
    }
    outputs.put("", folder(kept.lastKey()));
    return outputs;
  }

  private static String folder(long step) {
    return FOLDER + step;
  }

  /**
   * Which policies were kept: {@code rl.json}.
   *
   * @param steps ascending
   */
  record Grid(List<Long> steps, int snapshotEverySteps) {
    static final String FILE = "rl.json";

    Grid {
      steps = List.copyOf(steps);
    }
  }
}

package dev.temper.trainers;

import java.io.IOException;
import java.util.Optional;

/**
 * A computation that advances in numbered steps and can be saved and restored exactly between any
 * two of them.
 */
public interface StepwiseTask extends AutoCloseable {

  /** Steps finished so far. */
  long step();

  /** Steps in all; known from the start. */
  long totalSteps();

  /** Makes one step; calls the pulse between micro-batches so that a long step stays alive. */
  StepReport advance(Pulse pulse) throws IOException;

  /** Writes everything that the next step depends on. Called between steps only. */
  void save(CheckpointWriter out) throws IOException;

  /** Writes the result. Called once, after the last step. */
  StageOutput finish(ArtifactWriter out) throws IOException;

  @Override
  void close();

  /** Opens a task at step 0, or exactly where a checkpoint left it. */
  interface Factory {
    StepwiseTask open(StageContext context, Optional<CheckpointReader> from) throws IOException;
  }
}

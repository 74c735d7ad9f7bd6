package dev.temper.trainers;

import java.io.IOException;

/** A task that can show what it was working on when it failed. */
public interface Inspectable {

  /** Writes the batch at hand, for a person to look at. Called once, after the failure. */
  void inspect(StageFailure failure, CheckpointWriter out) throws IOException;
}

package dev.temper.infra;

import dev.temper.activities.StageActivitiesImpl;
import dev.temper.trainers.Compute;

/** What a worker offers to a server: its stages, and what they compute with. */
public record StageWork(StageActivitiesImpl stages, Compute compute) implements AutoCloseable {

  @Override
  public void close() {
    compute.close();
  }
}

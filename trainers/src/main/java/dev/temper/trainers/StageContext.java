package dev.temper.trainers;

import dev.temper.recipes.StageSpec;

/**
 * What a task is opened with.
 *
 * @param spec the closed spec of the stage
 * @param inputs the artifacts that it names
 * @param compute threads to compute on, shared by all stages of the process
 * @param servers that sample where the spec names one
 */
public record StageContext(
    StageSpec spec, Inputs inputs, Compute compute, CompletionServers servers) {

  /** Without servers. */
  public StageContext(StageSpec spec, Inputs inputs, Compute compute) {
    this(spec, inputs, compute, CompletionServers.NONE);
  }

  public StageContext with(CompletionServers others) {
    return new StageContext(spec, inputs, compute, others);
  }
}

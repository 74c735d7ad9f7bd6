package dev.temper.trainers;

import dev.temper.recipes.StageSpec;

/**
 * What a task is opened with.
 *
 * @param spec the closed spec of the stage
 * @param inputs the artifacts that it names
 * @param compute threads to compute on, shared by all stages of the process
 */
public record StageContext(StageSpec spec, Inputs inputs, Compute compute) {}

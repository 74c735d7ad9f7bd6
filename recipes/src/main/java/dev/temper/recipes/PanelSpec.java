package dev.temper.recipes;

import java.util.Optional;

/**
 * A fixed panel of prompts whose completions are shown before, during and after training.
 *
 * @param prompts what to sample; empty for the first prompts of the stage's own data
 * @param rows prompts at most
 * @param everySteps how often
 */
public record PanelSpec(
    Optional<DataSource> prompts, int rows, int everySteps, SamplingSpec sampling) {}

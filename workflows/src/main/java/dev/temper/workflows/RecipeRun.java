package dev.temper.workflows;

import dev.temper.recipes.Recipe;

/**
 * What a workflow is started with.
 *
 * @param run name of the run, unique in its home
 * @param recipe resolved
 */
public record RecipeRun(String run, Recipe recipe) {}

package dev.temper.infra.cli;

import dev.temper.infra.Wiring;
import dev.temper.infra.recipe.Fork;
import dev.temper.infra.recipe.PinnedRecipe;
import dev.temper.infra.run.RunFolder;
import dev.temper.infra.run.RunRecord;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.yaml.RecipeReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The recipe of a run that forks from another one. */
final class ForkedRecipe {

  private final TemperCommand root;
  private final Fork fork;

  ForkedRecipe(TemperCommand root, String text) {
    this.root = root;
    try {
      this.fork = Fork.parse(text);
    } catch (IllegalArgumentException e) {
      throw Refusal.usage(e.getMessage());
    }
  }

  /** Reads it, with changes on top that may touch the forked stage and what depends on it. */
  PinnedRecipe read(RecipeOptions changes) throws IOException {
    RunFolder folder = root.startedRun(fork.run());
    RunRecord record = root.startedRecord(folder);
    String yaml = Files.readString(folder.recipe());
    RecipeReader reader = Wiring.recipes();
    Path data = record.recipeFolder().map(Path::of).orElse(folder.path());
    String name = "recipe of run " + fork.run();
    String forked;
    try {
      forked = fork.yaml(reader.read(name, yaml), yaml);
    } catch (IllegalArgumentException e) {
      throw Refusal.usage(e.getMessage());
    }
    Recipe before = reader.read(name, forked);
    PinnedRecipe pinned = changes.read(root, new RecipeReader.Source(name, forked), data);
    var offending = fork.offending(before, pinned.recipe());
    if (!offending.isEmpty()) {
      throw Refusal.usage(
          "a fork at stage '%s' may change that stage and what depends on it; changed as well: %s"
              .formatted(fork.stage(), TemperCommand.names(offending)));
    }
    return pinned;
  }
}

package dev.temper.infra.cli;

import dev.temper.infra.recipe.PinnedRecipe;
import dev.temper.infra.recipe.Preflight;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Finds everything that is wrong with a recipe and its data, without running it. */
@Command(name = "validate", description = "finds everything that is wrong with a recipe")
final class ValidateCommand implements Callable<Integer> {

  private final TemperCommand root;

  @Mixin private RecipeOptions recipe;

  ValidateCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    PinnedRecipe pinned = recipe.read(root);
    Preflight.data(pinned);
    int stages = pinned.recipe().stages().size();
    if (root.json()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("recipe", pinned.recipe().name());
      line.put("valid", true);
      line.put("stages", stages);
      line.put("hash", pinned.hash());
      new JsonLines(root.around().out()).print(line);
    } else {
      root.around()
          .out()
          .printf(
              "%s is valid: recipe %s, %d stages%n", recipe.text(), pinned.recipe().name(), stages);
    }
    return ExitCode.OK.number();
  }
}

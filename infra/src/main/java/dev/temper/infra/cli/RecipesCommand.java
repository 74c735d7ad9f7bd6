package dev.temper.infra.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Lists the recipes that come with Temper. */
@Command(name = "recipes", description = "lists the recipes that come with Temper")
final class RecipesCommand implements Callable<Integer> {

  private final TemperCommand root;

  RecipesCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    List<Path> files = new ShippedRecipes(root).files();
    int width = files.stream().mapToInt(file -> ShippedRecipes.name(file).length()).max().orElse(1);
    for (Path file : files) {
      String name = ShippedRecipes.name(file);
      String description = ShippedRecipes.description(file);
      if (root.json()) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("recipe", name);
        line.put("file", file.toString());
        line.put("description", description);
        new JsonLines(root.around().out()).print(line);
      } else {
        root.around().out().printf("%-" + width + "s  %s%n", name, description);
      }
    }
    return ExitCode.OK.number();
  }
}

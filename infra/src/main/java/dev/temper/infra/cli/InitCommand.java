package dev.temper.infra.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Copies a shipped recipe to the working directory. */
@Command(name = "init", description = "copies a recipe that comes with Temper, to edit it")
final class InitCommand implements Callable<Integer> {

  private final TemperCommand root;

  @Parameters(paramLabel = "RECIPE", description = "as 'temper recipes' lists it")
  private String recipe;

  InitCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    Path from = new ShippedRecipes(root).file(recipe);
    Path to = root.path(from.getFileName());
    try {
      Files.copy(from, to);
    } catch (FileAlreadyExistsException e) {
      throw Refusal.usage(to + " exists already; it was not changed");
    }
    if (root.json()) {
      new JsonLines(root.around().out()).print(Map.of("file", to.toString()));
    } else {
      root.around().out().println("wrote " + to + "; edit it, then: temper run " + to);
    }
    return ExitCode.OK.number();
  }
}

package dev.temper.infra.cli;

import dev.temper.infra.Wiring;
import dev.temper.recipes.MethodCatalog;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Lists every registered method. */
@Command(
    name = "methods",
    description = "lists every loss, advantage, estimator and rule with its source")
final class MethodsCommand implements Callable<Integer> {

  private final TemperCommand root;

  MethodsCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    for (MethodCatalog.Entry entry : Wiring.methods().entries()) {
      if (root.json()) {
        new JsonLines(root.around().out()).print(entry);
      } else {
        root.around()
            .out()
            .printf(
                "%-36s %s%s%n",
                entry.family() + "/" + entry.name(),
                entry.source(),
                entry.parameters().isEmpty() ? "" : "  " + entry.parameters());
      }
    }
    return ExitCode.OK.number();
  }
}

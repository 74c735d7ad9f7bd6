package dev.temper.infra.cli;

import dev.temper.infra.Wiring;
import dev.temper.recipes.yaml.JsonSchema;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Prints the JSON Schema of recipes, for editors. */
@Command(name = "schema", description = "prints the JSON Schema of recipes, for editors")
final class SchemaCommand implements Callable<Integer> {

  private final TemperCommand root;

  SchemaCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    var schema = JsonSchema.of(Wiring.methods());
    root.around().out().println(root.json() ? schema.toString() : schema.toPrettyString());
    return ExitCode.OK.number();
  }
}

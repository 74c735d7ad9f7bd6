package dev.temper.infra.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.infra.Wiring;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Evaluates one method on given arrays. */
@Command(
    name = "method",
    description = "evaluates a method on given arrays: value, metrics and gradient")
final class MethodCommand implements Callable<Integer> {

  private final TemperCommand root;
  private final ObjectMapper json = new ObjectMapper();

  @Parameters(paramLabel = "FAMILY/NAME", description = "as 'temper methods' lists it")
  private String method;

  @Option(
      names = "--input",
      paramLabel = "FILE.json",
      required = true,
      description = "the arrays; see docs/methods.md")
  private Path input;

  @Option(names = "--set", paramLabel = "k=v", description = "a parameter")
  private Map<String, String> parameters = new TreeMap<>();

  MethodCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    String[] parts = method.split("/", 2);
    if (parts.length != 2) {
      throw Refusal.usage("a method is FAMILY/NAME, for example kl/k3, got '" + method + "'");
    }
    Map<String, Object> values = new TreeMap<>();
    parameters.forEach((name, value) -> values.put(name, scalar(value)));
    try {
      JsonNode result = Wiring.methods().evaluate(parts[0], parts[1], values, arrays());
      root.around().out().println(root.json() ? result.toString() : result.toPrettyString());
    } catch (IllegalArgumentException e) {
      throw Refusal.usage(e.getMessage());
    }
    return ExitCode.OK.number();
  }

  private JsonNode arrays() throws IOException {
    Path file = root.path(input);
    if (!Files.isRegularFile(file)) {
      throw Refusal.usage("there is no file " + file);
    }
    try {
      return json.readTree(file.toFile());
    } catch (JsonProcessingException e) {
      throw Refusal.usage(file + " is no JSON: " + e.getOriginalMessage());
    }
  }

  /** A number or a truth value where it reads as one, else text. */
  private Object scalar(String text) {
    try {
      JsonNode node = json.readTree(text);
      if (node.isNumber() || node.isBoolean()) {
        return json.treeToValue(node, Object.class);
      }
    } catch (JsonProcessingException e) {
      return text;
    }
    return text;
  }
}

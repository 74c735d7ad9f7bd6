package dev.temper.infra.cli;

import dev.temper.activities.HaltAt;
import dev.temper.activities.StoreUnreachableException;
import dev.temper.infra.Wiring;
import dev.temper.infra.data.DataUnreachableException;
import dev.temper.infra.recipe.PreflightException;
import dev.temper.infra.run.RunInUseException;
import dev.temper.infra.temporal.ServerException;
import dev.temper.recipes.yaml.RecipeException;
import dev.temper.trainers.StageFailure;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowServiceException;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** Parses a command line, runs its command, and turns every failure into an exit code. */
final class CommandLineRunner {

  private CommandLineRunner() {}

  /** Runs a command on Temper as it is. */
  static int execute(Surroundings around, String... arguments) {
    Optional<String> halt = Optional.ofNullable(around.environment().get(HaltAt.VARIABLE));
    return execute(
        around,
        () -> Wiring.of(Version.text(), HaltAt.parse(halt), around.environment()),
        arguments);
  }

  /** Runs a command; {@code wiring} is asked only if something has to be run. */
  static int execute(Surroundings around, Supplier<Wiring> wiring, String... arguments) {
    TemperCommand root = new TemperCommand(around, wiring);
    CommandLine line = new CommandLine(root, new CommandFactory(root));
    line.setOut(writer(around.out()));
    line.setErr(writer(around.err()));
    line.setColorScheme(
        CommandLine.Help.defaultColorScheme(around.columns().isPresent() ? Ansi.ON : Ansi.OFF));
    line.setExecutionExceptionHandler((failure, where, parsed) -> explain(failure, root, around));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    return line.execute(arguments);
  }

  private static int explain(Exception failure, TemperCommand root, Surroundings around) {
    if (failure instanceof Refusal refusal) {
      around.err().println("temper: " + refusal.getMessage());
      return refusal.code().number();
    }
    if (failure instanceof ServerException) {
      around.err().println("temper: " + failure.getMessage());
      return ExitCode.SERVER.number();
    }
    if (failure instanceof StatusRuntimeException || failure instanceof WorkflowServiceException) {
      // The connection was checked before, so this is a server that went away meanwhile.
      around.err().println("temper: the Temporal server did not answer: " + said(failure, root));
      return ExitCode.SERVER.number();
    }
    if (failure instanceof RecipeException) {
      around.err().println("temper: " + failure.getMessage());
      return ExitCode.USAGE.number();
    }
    if (failure instanceof RunInUseException || failure instanceof PreflightException) {
      around.err().println("temper: " + failure.getMessage());
      return ExitCode.PREFLIGHT.number();
    }
    if (failure instanceof StageFailure) {
      around.err().println("temper: " + failure.getMessage());
      return ExitCode.PREFLIGHT.number();
    }
    if (failure instanceof StoreUnreachableException
        || failure instanceof DataUnreachableException) {
      around.err().println("temper: " + failure.getMessage());
      return ExitCode.SERVER.number();
    }
    if (failure instanceof IOException || failure instanceof UncheckedIOException) {
      Throwable reason = failure instanceof UncheckedIOException ? failure.getCause() : failure;
      around.err().println("temper: " + inWords(reason));
      if (root.verbose()) {
        failure.printStackTrace(around.err());
      }
      return ExitCode.PREFLIGHT.number();
    }
    around.err().println("temper: " + failure);
    if (root.verbose()) {
      failure.printStackTrace(around.err());
    }
    return ExitCode.STAGE_FAILED.number();
  }

  private static String said(Exception failure, TemperCommand root) {
    String text = root(failure);
    try {
      return root.server().map(address -> address.withoutSecrets(text)).orElse(text);
    } catch (ServerException e) {
      return failure.getClass().getSimpleName(); // the configuration was changed meanwhile
    }
  }

  private static String root(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  /** The message of "access denied" is only a path, so its class says what is wrong. */
  private static String inWords(Throwable failure) {
    return failure.getClass() == IOException.class && failure.getMessage() != null
        ? failure.getMessage()
        : failure.getClass().getSimpleName() + ": " + failure.getMessage();
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }
}

package dev.temper.infra.cli;

import dev.temper.activities.StageFailpoints;
import dev.temper.infra.Wiring;
import dev.temper.trainers.StepwiseTask;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs command lines in a folder of their own and keeps what they print. */
final class CommandLineFixture {

  /** What a command left on its streams. */
  record Outcome(int code, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  private final Path directory;
  private final FakeStages stages = new FakeStages();
  private final StepwiseTask.Factory tasks;

  /** Stages compute nothing. */
  CommandLineFixture(Path directory) {
    this.directory = directory;
    this.tasks = stages;
  }

  /** Stages of the test's own. */
  CommandLineFixture(Path directory, StepwiseTask.Factory tasks) {
    this.directory = directory;
    this.tasks = tasks;
  }

  FakeStages stages() {
    return stages;
  }

  Path home() {
    return directory.resolve(".temper");
  }

  Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  Outcome run(String... arguments) {
    return run(Map.of(), arguments);
  }

  Outcome run(Map<String, String> environment, String... arguments) {
    return run(environment, new ByteArrayOutputStream(), arguments);
  }

  /** A command that goes on while the test looks at what it prints. */
  Running start(Map<String, String> environment, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    return new Running(out, CompletableFuture.supplyAsync(() -> run(environment, out, arguments)));
  }

  /** A command that has not ended yet. */
  record Running(ByteArrayOutputStream out, CompletableFuture<Outcome> end) {

    /** Waits until it has printed something. */
    void awaitLine(String part) throws InterruptedException {
      for (int tries = 0; tries < 1200; tries++) {
        if (out.toString(StandardCharsets.UTF_8).contains(part)) {
          return;
        }
        if (end.isDone()) {
          break;
        }
        TimeUnit.MILLISECONDS.sleep(50);
      }
      throw new AssertionError("no '%s' in:%n%s".formatted(part, out));
    }

    Outcome await() throws Exception {
      return end.get(2, TimeUnit.MINUTES);
    }
  }

  Wiring wiring() {
    return new Wiring("test", tasks, StageFailpoints.NONE);
  }

  private Outcome run(
      Map<String, String> environment, ByteArrayOutputStream out, String... arguments) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        CommandLineRunner.execute(
            new Surroundings(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                directory,
                environment,
                Optional.empty(),
                OptionalInt.empty()),
            this::wiring,
            arguments);
    return new Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}

package dev.temper.infra.chaos;

import dev.temper.activities.HaltAt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A run in one process, with Temporal inside. */
final class EmbeddedArena implements Arena {

  /** What a halted process ends with; a killed one as well. */
  private static final int KILLED = 137;

  private final Path home;
  private final List<String> command;
  private Process process;

  EmbeddedArena(Path home, List<String> temper, Path recipe) {
    this.home = home;
    this.command = new ArrayList<>(temper);
    command.addAll(List.of("--home", home.toString(), "run", recipe.toString(), "--plain"));
  }

  @Override
  public Set<Target> targets() {
    return Set.of(Target.WORKER);
  }

  @Override
  public void revive() throws IOException {
    if (process != null && process.isAlive()) {
      return;
    }
    Files.createDirectories(home);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put(HaltAt.VARIABLE, "@" + moment());
    process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("terminal.log").toFile()))
            .start();
  }

  @Override
  public boolean ended() {
    return process != null && !process.isAlive() && process.exitValue() != KILLED;
  }

  @Override
  public void settle() {
    // One process: what it had to do, it did.
  }

  @Override
  public void sync() {
    // No MLflow.
  }

  @Override
  public int exitCode() {
    return process.exitValue();
  }

  @Override
  public void kill(Target target) throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public List<Long> processes(Target target) {
    return Stream.ofNullable(process).filter(Process::isAlive).map(Process::pid).toList();
  }

  @Override
  public Path moment() {
    return home.resolve(RunTrace.MOMENT);
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
  }
}

package dev.temper.activities;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Kills processes when the moment is reached that a file names, and deletes the file just before.
 * For chaos, which chooses the next moment while the process runs.
 *
 * <p>The file holds {@code moment:kind} or {@code moment:kind:pid}; {@code *} stands for every
 * kind, and without a process id this process is meant. Beside it, {@code FILE.reached} says which
 * moments of which kinds there are: a line each when one is reached first, and {@code
 * moment:kind:often} when it is reached for the twentieth time.
 */
final class HaltFile implements StageFailpoints {

  private static final int OFTEN = 20;

  private final Path file;
  private final LongConsumer kill;
  private final Map<String, Integer> reached = new HashMap<>();

  /**
   * @param kill is given the id of a process
   */
  HaltFile(Path file, LongConsumer kill) {
    this.file = file;
    this.kill = kill;
  }

  /** Kills as {@code kill -9} does. */
  static HaltFile of(Path file) {
    return new HaltFile(
        file,
        pid -> {
          if (pid == ProcessHandle.current().pid()) {
            Runtime.getRuntime().halt(HaltAt.KILLED);
          }
          ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        });
  }

  @Override
  public synchronized void at(String moment, String kind) {
    try {
      String line = moment + ":" + kind;
      int times = reached.merge(line, 1, Integer::sum);
      if (times == 1 || times == OFTEN) {
        String suffix = times == OFTEN ? ":often\n" : "\n";
        Files.writeString(HaltAt.reachedOf(file), line + suffix, CREATE, APPEND);
      }
      if (!Files.exists(file)) { // nearly always
        return;
      }
      String[] parts = Files.readString(file).split(":", -1);
      boolean here =
          parts.length >= 2
              && parts[0].equals(moment)
              && (parts[1].equals("*") || parts[1].equals(kind));
      if (here && Files.deleteIfExists(file)) {
        if (parts.length == 2) {
          kill.accept(ProcessHandle.current().pid());
        } else {
          Stream.of(parts[2].split(",")).mapToLong(Long::parseLong).forEach(kill);
        }
      }
    } catch (NoSuchFileException e) {
      return; // taken back meanwhile
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

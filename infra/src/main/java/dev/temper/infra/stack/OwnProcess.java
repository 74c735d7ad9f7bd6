package dev.temper.infra.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A process that Temper started, known by its number and by when it began: numbers are used again,
 * and a foreign process must never be taken for a server and killed.
 *
 * @param pid its number
 * @param began when it began, in a form that the setting of the clock does not change where the
 *     system has one
 */
record OwnProcess(long pid, String began) {

  /** The process that has this number now, if there is one. */
  static Optional<OwnProcess> of(ProcessHandle handle) {
    return began(handle).map(began -> new OwnProcess(handle.pid(), began));
  }

  static OwnProcess parse(String line) {
    int space = line.indexOf(' ');
    return new OwnProcess(Long.parseLong(line.substring(0, space)), line.substring(space + 1));
  }

  String line() {
    return pid + " " + began;
  }

  /** The process, while it is still this one. */
  Optional<ProcessHandle> handle() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(handle -> began(handle).filter(began::equals).isPresent());
  }

  boolean alive() {
    return handle().isPresent();
  }

  private static Optional<String> began(ProcessHandle handle) {
    Path stat = Path.of("/proc", Long.toString(handle.pid()), "stat");
    try {
      // Field 22, in ticks since the boot; the name, field 2, is in parentheses and may hold any.
      String text = Files.readString(stat);
      String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
      // A zombie has ended, only nobody has asked how; unless threads of it still hold its ports.
      return fields[0].equals("Z") && Integer.parseInt(fields[17]) <= 1
          ? Optional.empty()
          : Optional.of(
              fields[19]
                  + "@"
                  + Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip());
    } catch (NoSuchFileException e) {
      return Files.exists(Path.of("/proc/self/stat"))
          ? Optional.empty()
          : handle.info().startInstant().map(Instant::toString);
    } catch (IOException e) {
      return Optional.empty(); // it ended while it was read
    }
  }
}

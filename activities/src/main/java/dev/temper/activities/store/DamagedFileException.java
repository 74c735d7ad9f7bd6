package dev.temper.activities.store;

import java.io.IOException;
import java.nio.file.Path;

/** A file is not what its manifest says. */
final class DamagedFileException extends IOException {
  private static final long serialVersionUID = 1;

  DamagedFileException(Path path, String what) {
    super(path + " " + what);
  }
}

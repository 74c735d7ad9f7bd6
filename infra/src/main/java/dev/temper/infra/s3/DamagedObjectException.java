package dev.temper.infra.s3;

import java.io.IOException;

/** An object is not what its manifest says. */
final class DamagedObjectException extends IOException {
  private static final long serialVersionUID = 1;

  DamagedObjectException(String path, String what) {
    super(path + " " + what);
  }
}

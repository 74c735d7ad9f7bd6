package dev.temper.infra.temporal;

import java.io.IOException;

/** A Temporal server cannot be used; says what was tried, and nothing was started or changed. */
public final class ServerException extends IOException {
  private static final long serialVersionUID = 1;

  ServerException(String message) {
    super(message);
  }

  ServerException(String message, Throwable cause) {
    super(message, cause);
  }
}

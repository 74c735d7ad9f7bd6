package dev.temper.infra.data;

import java.io.IOException;

/** A server with data that does not answer. */
public final class DataUnreachableException extends IOException {
  private static final long serialVersionUID = 1;

  public DataUnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}

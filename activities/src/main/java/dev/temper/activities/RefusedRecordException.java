package dev.temper.activities;

/** Whoever keeps record of runs refuses, and would again. */
public final class RefusedRecordException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public RefusedRecordException(String message, Throwable cause) {
    super(message, cause);
  }
}

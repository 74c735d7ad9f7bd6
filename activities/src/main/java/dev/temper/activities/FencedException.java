package dev.temper.activities;

/** Thrown at an attempt whose lease was taken. It must not save, log or publish anything more. */
public final class FencedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public FencedException(String message) {
    super(message);
  }

  public FencedException(String message, Throwable cause) {
    super(message, cause);
  }
}

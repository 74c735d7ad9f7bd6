package dev.temper.activities;

/** The server of a store cannot be reached, or does not let us in. */
public final class StoreUnreachableException extends StoreUnusableException {
  private static final long serialVersionUID = 1;

  public StoreUnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}

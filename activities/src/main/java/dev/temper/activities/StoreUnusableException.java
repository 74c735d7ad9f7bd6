package dev.temper.activities;

import java.io.IOException;

/** The store cannot be used at all: not writable, or without the guarantees that commits need. */
public class StoreUnusableException extends IOException {
  private static final long serialVersionUID = 1;

  public StoreUnusableException(String message, Throwable cause) {
    super(message, cause);
  }
}

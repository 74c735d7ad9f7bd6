package dev.temper.infra.stack;

import java.io.IOException;

/** The local stack cannot do what was asked; the message says why and what helps. */
public final class StackException extends IOException {
  private static final long serialVersionUID = 1;

  StackException(String message) {
    super(message);
  }
}

package dev.temper.trainers;

/**
 * A server gave no completion. The step fails and is worth another attempt: a generation that is
 * missing is never taken for an empty answer.
 */
public final class GenerationFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public GenerationFailedException(String message) {
    super(message);
  }
}

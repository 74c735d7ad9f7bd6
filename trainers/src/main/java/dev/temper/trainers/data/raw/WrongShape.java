package dev.temper.trainers.data.raw;

/** A row that is readable, but not what it should be. */
final class WrongShape extends RuntimeException {
  private static final long serialVersionUID = 1;

  WrongShape(String message) {
    super(message);
  }
}

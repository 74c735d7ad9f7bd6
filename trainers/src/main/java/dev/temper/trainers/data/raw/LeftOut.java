package dev.temper.trainers.data.raw;

/** A row that is right as data and of no use here: it is counted by the reason. */
final class LeftOut extends RuntimeException {
  private static final long serialVersionUID = 1;

  LeftOut(String reason) {
    super(reason);
  }
}

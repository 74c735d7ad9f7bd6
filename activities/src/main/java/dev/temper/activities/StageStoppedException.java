package dev.temper.activities;

/** This process was asked to stop; the stage goes on when it is started again. */
public final class StageStoppedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  StageStoppedException() {
    super("stopped on request");
  }
}

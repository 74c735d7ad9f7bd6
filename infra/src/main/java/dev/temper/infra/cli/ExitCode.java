package dev.temper.infra.cli;

/** What the process ends with. */
enum ExitCode {
  /** Finished as asked. */
  OK(0),
  /** Wrong usage or recipe. */
  USAGE(2),
  /** Data, disk or another process forbid to start. */
  PREFLIGHT(3),
  /** A stage failed for good. */
  STAGE_FAILED(4),
  /** A quality gate was not met. */
  GATE(5),
  /** A server cannot be reached. */
  SERVER(6),
  /** Interrupted by Ctrl-C. */
  INTERRUPTED(130);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}

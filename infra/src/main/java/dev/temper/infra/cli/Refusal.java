package dev.temper.infra.cli;

/** Ends a command with an exit code and a message for the user. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ExitCode code;

  Refusal(ExitCode code, String message) {
    super(message);
    this.code = code;
  }

  ExitCode code() {
    return code;
  }

  static Refusal usage(String message) {
    return new Refusal(ExitCode.USAGE, message);
  }

  static Refusal preflight(String message) {
    return new Refusal(ExitCode.PREFLIGHT, message);
  }
}

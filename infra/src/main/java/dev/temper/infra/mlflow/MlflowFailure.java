package dev.temper.infra.mlflow;

import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** The server did not do what it was asked; never holds a secret. */
public final class MlflowFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;
  private final long waitSeconds;

  private MlflowFailure(
      String message, int status, String code, long waitSeconds, Throwable cause) {
    super(message, cause);
    this.status = status;
    this.code = code;
    this.waitSeconds = waitSeconds;
  }

  /** No answer at all. */
  static MlflowFailure unreachable(String what, Throwable cause) {
    String reason =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new MlflowFailure(what + ": " + reason, 0, "", 0, cause);
  }

  /**
   * An answer other than 2xx.
   *
   * @param code MLflow's own, such as {@code INVALID_PARAMETER_VALUE}
   * @param waitSeconds that the server asks for; 0 if it does not
   */
  static MlflowFailure answered(
      String what, int status, String code, String message, long waitSeconds) {
    return new MlflowFailure(
        "%s: HTTP %d %s%s".formatted(what, status, code, message.isEmpty() ? "" : ": " + message),
        status,
        code,
        waitSeconds,
        null);
  }

  /** Asking again later may help. */
  boolean passing() {
    return status == 0 || status == 408 || status == 429 || status >= 500;
  }

  /** Asking again will not help: what is not there now may come, but this does not change. */
  boolean isForGood() {
    return !passing() && !missing();
  }

  /** The server is there and did not let us in. */
  public boolean denied() {
    return status == 401 || status == 403;
  }

  /** Its certificate is not one of those that we believe, or ours is not believed there. */
  public boolean distrusted() {
    for (Throwable cause = getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return true;
      }
    }
    return false;
  }

  /** What was sent is not acceptable, and will not be. */
  boolean rejected() {
    return status == 400 || status == 413 || status == 422;
  }

  boolean missing() {
    return status == 404;
  }

  boolean alreadyThere() {
    return code.equals("RESOURCE_ALREADY_EXISTS");
  }

  /** How long the server asks to be left alone. */
  Optional<Duration> wait(Duration most) {
    Duration asked = Duration.ofSeconds(waitSeconds);
    return waitSeconds <= 0
        ? Optional.empty()
        : Optional.of(asked.compareTo(most) < 0 ? asked : most);
  }
}

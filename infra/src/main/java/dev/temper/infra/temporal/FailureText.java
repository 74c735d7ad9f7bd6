package dev.temper.infra.temporal;

import io.temporal.api.failure.v1.Failure;
import java.util.Locale;
import java.util.regex.Pattern;

/** Why an attempt ended, in one line for a terminal. */
final class FailureText {

  private static final int LENGTH = 200;

  /** Name and password before the host, and whatever a signed address ends with. */
  private static final Pattern USER = Pattern.compile("://[^/\\s@]+@");

  private static final Pattern QUERY = Pattern.compile("(://[^\\s?]+)\\?\\S*");

  /** No message should have one; a library's may. */
  private static final Pattern SECRET =
      Pattern.compile(
          "(?i)([\\w-]*(?:password|secret|token|api[_-]?key|access[_-]?key|signature|authorization)[\\w-]*)"
              + "(\\s*[=:]\\s*)(?:(?:Bearer|Basic)\\s+)?[^\\s,;&]+");

  private FailureText() {}

  static String of(Failure failure) {
    // The server puts a failure that is too large for it below one of its own that says only so.
    if (failure.hasServerFailureInfo() && failure.hasCause()) {
      return of(failure.getCause());
    }
    if (failure.hasTimeoutFailureInfo()) {
      String what =
          failure
              .getTimeoutFailureInfo()
              .getTimeoutType()
              .name()
              .replace("TIMEOUT_TYPE_", "")
              .replace('_', '-')
              .toLowerCase(Locale.ROOT);
      return what.equals("heartbeat")
          ? "its worker gave no sign of life in time"
          : what + " timeout";
    }
    return shown(failure.getMessage());
  }

  static String shown(String message) {
    String line = message.lines().map(String::strip).reduce("", FailureText::joined);
    String clean = USER.matcher(line).replaceAll("://");
    clean = QUERY.matcher(clean).replaceAll("$1?...");
    clean = SECRET.matcher(clean).replaceAll("$1$2...");
    return clean.length() <= LENGTH ? clean : clean.substring(0, LENGTH - 3) + "...";
  }

  private static String joined(String before, String line) {
    return before.isEmpty() ? line : line.isEmpty() ? before : before + " " + line;
  }
}

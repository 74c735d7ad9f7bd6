package dev.temper.infra.temporal;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Version of a Temporal server, as far as it matters. */
record ServerVersion(int major, int minor) implements Comparable<ServerVersion> {

  /** The first one that takes updates without being told to, by which runs are paused. */
  static final ServerVersion OLDEST = new ServerVersion(1, 25);

  private static final Pattern TEXT = Pattern.compile("v?(\\d{1,6})\\.(\\d{1,6})\\b.*");

  /** Empty for what is no version: some services give themselves a name instead. */
  static Optional<ServerVersion> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new ServerVersion(
                Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
        : Optional.empty();
  }

  boolean isTooOld() {
    return compareTo(OLDEST) < 0;
  }

  @Override
  public int compareTo(ServerVersion other) {
    return major != other.major
        ? Integer.compare(major, other.major)
        : Integer.compare(minor, other.minor);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}

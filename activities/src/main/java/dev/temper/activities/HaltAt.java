package dev.temper.activities;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ends the process, as {@code kill -9} would, when a moment is reached for the n-th time. For kill
 * tests.
 *
 * <p>Written {@code moment:kind:hit}, for example {@code checkpoint.file:sft:2}; {@code *} stands
 * for every kind. {@code @FILE} reads the moment from a file, see {@link HaltFile}.
 */
public final class HaltAt implements StageFailpoints {

  /** Environment variable that a launcher reads. */
  public static final String VARIABLE = "TEMPER_HALT_AT";

  static final int KILLED = 137;

  private final String moment;
  private final String kind;
  private final AtomicInteger hitsLeft;
  private final Runnable halt;

  HaltAt(String text, Runnable halt) {
    String[] parts = text.split(":", -1);
    if (parts.length != 3 || !parts[2].matches("[1-9][0-9]{0,8}")) {
      throw new IllegalArgumentException(
          VARIABLE + " must be moment:kind-or-*:hit, got '" + text + "'");
    }
    this.moment = parts[0];
    this.kind = parts[1];
    this.hitsLeft = new AtomicInteger(Integer.parseInt(parts[2]));
    this.halt = halt;
  }

  /** No failpoint at all where the text is absent or empty. */
  public static StageFailpoints parse(Optional<String> text) {
    return text.filter(given -> !given.isEmpty())
        .<StageFailpoints>map(
            given ->
                given.startsWith("@")
                    ? HaltFile.of(Path.of(given.substring(1)))
                    : new HaltAt(given, () -> Runtime.getRuntime().halt(KILLED)))
        .orElse(NONE);
  }

  /** Where the moments stand that were reached, for a moment that is read from a file. */
  public static Path reachedOf(Path file) {
    return file.resolveSibling(file.getFileName() + ".reached");
  }

  @Override
  public void at(String reached, String ofKind) {
    boolean here = reached.equals(moment) && (kind.equals("*") || kind.equals(ofKind));
    if (here && hitsLeft.decrementAndGet() == 0) {
      halt.run();
    }
  }
}

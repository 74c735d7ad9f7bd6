package dev.temper.activities;

import java.io.IOException;
import java.time.Instant;

/**
 * Something in a store that garbage collection may delete as one.
 *
 * @param key of the stage; SHA-256 of a data file
 * @param bytes that it takes
 * @param changed when the newest of it was written
 */
public record Holding(Kind kind, String key, long bytes, Instant changed) {

  /** What it is. */
  public enum Kind {
    ARTIFACT("artifact"),
    /** All of a key. */
    CHECKPOINTS("checkpoints"),
    /** Files that no manifest names, and uploads that were never completed. */
    LEFTOVERS("leftovers"),
    DATA("data");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** As it is printed. */
    public String text() {
      return text;
    }
  }

  /**
   * Whether something is needed after all; asked before it is touched, and again when nobody can
   * come upon it any more.
   */
  @FunctionalInterface
  public interface Needed {
    boolean now() throws IOException;
  }
}

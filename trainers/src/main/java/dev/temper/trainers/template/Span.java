package dev.temper.trainers.template;

/**
 * A part of a text.
 *
 * @param start first character
 * @param end one after the last
 */
public record Span(int start, int end) {
  public Span {
    if (start < 0 || end < start) {
      throw new IllegalArgumentException(
          "a span must not end before it starts, got %d to %d".formatted(start, end));
    }
  }
}

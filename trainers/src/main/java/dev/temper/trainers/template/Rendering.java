package dev.temper.trainers.template;

import java.util.List;

/**
 * A conversation as text.
 *
 * @param generated what the template marks as the assistant's; empty where it has no marks
 */
public record Rendering(String text, List<Span> generated) {
  public Rendering {
    generated = List.copyOf(generated);
  }
}

package dev.temper.trainers.template;

import java.util.ArrayList;
import java.util.List;

/** Text being written, and which of it the assistant says. */
final class Output {

  private final StringBuilder text = new StringBuilder();
  private final List<Span> generated = new ArrayList<>();
  private final Budget budget;
  private final boolean root;

  private Output(Budget budget, boolean root) {
    this.budget = budget;
    this.root = root;
  }

  static Output root(Budget budget) {
    return new Output(budget, true);
  }

  /** Text that becomes a value: of a macro or a set block. */
  Output nested() {
    return new Output(budget, false);
  }

  void append(String piece) {
    budget.allocate(piece.length());
    text.append(piece);
  }

  int position() {
    return text.length();
  }

  /** Remembers what was written since a position as the assistant's. */
  void generatedSince(int start) {
    if (!root) {
      throw TemplateException.value(
          "{% generation %} inside a macro or a set block has no place in the text");
    }
    generated.add(new Span(start, text.length()));
  }

  String text() {
    return text.toString();
  }

  List<Span> generated() {
    return List.copyOf(generated);
  }
}

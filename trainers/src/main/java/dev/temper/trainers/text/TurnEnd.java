package dev.temper.trainers.text;

import dev.temper.trainers.template.ChangedTurn;
import dev.temper.trainers.template.Span;
import dev.temper.trainers.template.TemplateException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Where a turn of the assistant ends: with one of the special tokens that stand at its end with
 * nothing but white space between them.
 *
 * @param start of the turn
 * @param candidates after each of these tokens, in order
 * @param afterEos after the first that is the end token, where one is
 */
record TurnEnd(int start, List<Integer> candidates, Optional<Integer> afterEos) {

  static TurnEnd of(String text, Span added, SpecialTokens special) {
    List<Integer> candidates = new ArrayList<>();
    Optional<Integer> afterEos = Optional.empty();
    int end = stripped(text, added.start(), added.end());
    Optional<String> last = last(text, added.start(), end, special);
    while (last.isPresent()) {
      candidates.add(end);
      if (last.get().equals(special.eos().text())) {
        afterEos = Optional.of(end);
      }
      end = stripped(text, added.start(), end - last.get().length());
      last = last(text, added.start(), end, special);
    }
    Collections.reverse(candidates);
    return new TurnEnd(added.start(), candidates, afterEos);
  }

  private static int stripped(String text, int start, int end) {
    int at = end;
    while (at > start && Character.isWhitespace(text.charAt(at - 1))) {
      at--;
    }
    return at;
  }

  private static Optional<String> last(String text, int start, int end, SpecialTokens special) {
    String turn = text.substring(start, end);
    List<String> marks = new ArrayList<>(special.marks());
    marks.add(special.eos().text());
    return marks.stream().filter(mark -> !mark.isEmpty() && turn.endsWith(mark)).findFirst();
  }

  /** The end token where the turn has it, else the first of the special tokens. */
  Span preferred() {
    return new Span(start, afterEos.orElseGet(() -> candidates.get(0)));
  }

  /**
   * The same among those that later turns leave where they are.
   *
   * @param alone text up to this turn
   * @param whole text with later turns
   * @throws TemplateException naming the turn where there is none
   */
  Span stable(String alone, String whole, int turn) {
    List<Integer> stable =
        candidates.stream().filter(end -> whole.startsWith(alone.substring(0, end))).toList();
    if (stable.isEmpty()) {
      throw ChangedTurn.of(turn, alone, whole);
    }
    int end = afterEos.filter(stable::contains).orElseGet(() -> stable.get(0));
    return new Span(start, end);
  }
}

package dev.temper.trainers.data;

import dev.temper.trainers.random.NamedRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * The random numbers of one generated row, in the order in which its text is made. They depend on
 * the generator's seed and the row's index alone, never on the rows made before.
 */
final class Draws {

  private final NamedRandom random;
  private final long row;
  private int position;

  Draws(NamedRandom random, long row) {
    this.random = random;
    this.row = row;
  }

  /** In [0, 1). */
  double uniform() {
    return random.uniformDouble(0, row, 0, position++);
  }

  /** In [0, bound). */
  int below(int bound) {
    return (int) (uniform() * bound);
  }

  /** In [low, high]. */
  int between(int low, int high) {
    return low + below(high - low + 1);
  }

  <T> T one(List<T> choices) {
    return choices.get(below(choices.size()));
  }

  /** Different ones, in random order. */
  <T> List<T> several(List<T> choices, int count) {
    List<T> left = new ArrayList<>(choices);
    List<T> drawn = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      drawn.add(left.remove(below(left.size())));
    }
    return drawn;
  }
}

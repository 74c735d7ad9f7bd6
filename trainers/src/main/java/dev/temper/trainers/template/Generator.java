package dev.temper.trainers.template;

import java.util.ArrayList;
import java.util.List;

/**
 * What filters such as {@code map} and {@code select} give: true whatever is in it, without a
 * length, and empty once it was gone through.
 */
final class Generator {

  private List<Object> left;

  Generator(List<Object> items) {
    this.left = items;
  }

  List<Object> take() {
    List<Object> items = left;
    left = List.of();
    return items;
  }

  /** The next item alone. */
  Object next(Object none) {
    if (left.isEmpty()) {
      return none;
    }
    Object first = left.get(0);
    left = new ArrayList<>(left.subList(1, left.size()));
    return first;
  }
}

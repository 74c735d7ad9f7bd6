package dev.temper.trainers.model.family;

import java.util.List;

/**
 * Special token ids of a configuration.
 *
 * @param begin -1 for none
 * @param ends each ends a completion
 * @param padding the first end where none is named
 */
public record Tokens(int begin, List<Integer> ends, int padding) {

  public Tokens {
    ends = List.copyOf(ends);
  }
}

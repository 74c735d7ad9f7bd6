package dev.temper.trainers.data;

import java.util.List;
import java.util.Map;

/**
 * The pairs of a source, and what was left out.
 *
 * @param leftOut rows and pairs by the reason
 * @param duplicates pairs kept that came before
 */
public record PairSet(List<Pair> pairs, Map<String, Integer> leftOut, int duplicates) {
  public PairSet {
    pairs = List.copyOf(pairs);
    leftOut = Map.copyOf(leftOut);
  }
}

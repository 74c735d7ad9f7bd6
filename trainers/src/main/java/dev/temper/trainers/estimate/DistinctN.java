package dev.temper.trainers.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Share of different n-grams among all n-grams: 1 without any repetition.
 *
 * <p>Source: Li et al., arXiv:1510.03055 (distinct-1, distinct-2), on token ids.
 */
public final class DistinctN {

  private DistinctN() {}

  /**
   * Over all texts together; n-grams do not cross texts. 0 without n-grams.
   *
   * @param texts token ids
   * @param n 1 or more
   */
  public static double of(List<int[]> texts, int n) {
    if (n < 1) {
      throw new IllegalArgumentException("n must be at least 1, got " + n);
    }
    Set<List<Integer>> different = new HashSet<>();
    int all = 0;
    for (int[] text : texts) {
      List<Integer> ids = Arrays.stream(text).boxed().toList();
      for (int start = 0; start + n <= ids.size(); start++) {
        different.add(new ArrayList<>(ids.subList(start, start + n)));
        all++;
      }
    }
    return all == 0 ? 0 : different.size() / (double) all;
  }

  /** Within one text. */
  public static double of(int[] text, int n) {
    return of(List.of(text), n);
  }
}

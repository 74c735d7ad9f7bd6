package dev.temper.recipes;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the known name that somebody probably meant. */
public final class NearestName {

  private NearestName() {}

  /** {@code "; did you mean 'x'?"}, or nothing where no known name is near. */
  public static String hint(String wrong, Collection<String> known) {
    return of(wrong, known).map("; did you mean '%s'?"::formatted).orElse("");
  }

  /**
   * The known name with the fewest edits, the first of the alphabet among equals, if they are at
   * most a third of its length and one.
   */
  public static Optional<String> of(String wrong, Collection<String> known) {
    return known.stream()
        .filter(name -> edits(wrong, name) <= 1 + Math.max(wrong.length(), name.length()) / 3)
        .min(
            Comparator.<String>comparingInt(name -> edits(wrong, name))
                .thenComparing(Comparator.naturalOrder()));
  }

  /**
   * Edits of one character, a swap of neighbours counting as one; upper and lower case as equal.
   */
  static int edits(String from, String to) {
    String a = from.toLowerCase(Locale.ROOT);
    String b = to.toLowerCase(Locale.ROOT);
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(a, b, i, j, cost);
      }
    }
    return cost[a.length()][b.length()];
  }

  private static int cheapest(String a, String b, int i, int j, int[][] cost) {
    boolean same = a.charAt(i - 1) == b.charAt(j - 1);
    int best = Math.min(cost[i - 1][j], cost[i][j - 1]) + 1;
    best = Math.min(best, cost[i - 1][j - 1] + (same ? 0 : 1));
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
  }
}

package dev.temper.trainers.data;

import dev.temper.recipes.DataSource;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.raw.RawRow;
import dev.temper.trainers.random.NamedRandom;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.RandomAccess;

/**
 * The rows of several sources in one order.
 *
 * <p>Every row of every part has a random number by the mixture's seed, the content of its part and
 * its place in it. A part gives the rows with the smallest numbers, and the mixture is in the order
 * of the numbers: neither what other parts hold nor the paths of files change which rows of a part
 * are taken, or their order among themselves.
 *
 * <p>With weights the mixture has as many rows as the part allows that is used up first: the counts
 * are in proportion to the weights, rounded by the largest remainder.
 */
final class MixedRows extends AbstractList<RawRow> implements RandomAccess {

  private final List<List<RawRow>> parts;
  private final int[] part;
  private final int[] row;

  private MixedRows(List<List<RawRow>> parts, int[] part, int[] row) {
    this.parts = parts;
    this.part = part;
    this.row = row;
  }

  /**
   * @param parts rows of each part, in the order of the mixture
   */
  static MixedRows of(DataSource.Mixture mixture, List<List<RawRow>> parts) {
    int[] counts = counts(mixture.mixture(), parts.stream().map(List::size).toList());
    NamedRandom random = new NamedRandom(mixture.seed(), "mixture");
    PromptIds names = new PromptIds();
    List<Drawn> drawn = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      drawn.addAll(
          smallest(i, names.next(name(mixture.mixture().get(i).source())), parts, counts, random));
    }
    drawn.sort(Drawn.ORDER);
    return new MixedRows(
        parts,
        drawn.stream().mapToInt(Drawn::part).toArray(),
        drawn.stream().mapToInt(Drawn::row).toArray());
  }

  private record Drawn(double number, int part, int row) {
    static final Comparator<Drawn> ORDER =
        Comparator.comparingDouble(Drawn::number)
            .thenComparingInt(Drawn::part)
            .thenComparingInt(Drawn::row);
  }

  private static List<Drawn> smallest(
      int part, long name, List<List<RawRow>> parts, int[] counts, NamedRandom random) {
    List<Drawn> all = new ArrayList<>();
    for (int row = 0; row < parts.get(part).size(); row++) {
      all.add(new Drawn(random.uniformDouble(0, name + row, 0, 0), part, row));
    }
    all.sort(Drawn.ORDER);
    return all.subList(0, counts[part]);
  }

  /** What a part is called in random numbers: never by a path or a stage, which no key has. */
  private static String name(DataSource source) {
    if (source instanceof DataSource.File file) {
      return "file " + file.sha256() + " " + file.limit();
    }
    if (source instanceof DataSource.Synthetic rows) {
      return "synthetic %s %d %d".formatted(rows.synthetic(), rows.from(), rows.seed());
    }
    return source.getClass().getSimpleName();
  }

  /** Rows that each part gives. */
  static int[] counts(List<DataSource.Part> parts, List<Integer> sizes) {
    int[] there = new int[parts.size()];
    for (int i = 0; i < there.length; i++) {
      int cap = parts.get(i).cap();
      there[i] = cap == 0 ? sizes.get(i) : Math.min(cap, sizes.get(i));
    }
    if (parts.get(0).weight().isEmpty()) {
      return there;
    }
    double[] weights = parts.stream().mapToDouble(part -> part.weight().orElseThrow()).toArray();
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    double total = Double.POSITIVE_INFINITY;
    for (int i = 0; i < there.length; i++) {
      total = Math.min(total, Math.floor(there[i] * sum / weights[i] + 1e-9));
    }
    return rounded(weights, sum, (long) total, there);
  }

  private static int[] rounded(double[] weights, double sum, long total, int[] there) {
    int[] counts = new int[weights.length];
    long left = total;
    List<Integer> byRemainder = new ArrayList<>();
    double[] remainders = new double[weights.length];
    for (int i = 0; i < counts.length; i++) {
      double exact = total * weights[i] / sum;
      counts[i] = (int) Math.min(there[i], (long) Math.floor(exact + 1e-9));
      remainders[i] = exact - counts[i];
      left -= counts[i];
      byRemainder.add(i);
    }
    byRemainder.sort(Comparator.comparingDouble(i -> -remainders[i]));
    for (int i : byRemainder) {
      if (left > 0 && counts[i] < there[i]) {
        counts[i]++;
        left--;
      }
    }
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] == 0) {
        throw new StageFailure(
            StageFailure.Type.DATA_CONTRACT,
            "source %d of the mixture gives no row: its weight is %s of %s, and the mixture has %d rows"
                .formatted(i + 1, weights[i], sum, total));
      }
    }
    return counts;
  }

  @Override
  public RawRow get(int index) {
    return parts.get(part[index]).get(row[index]);
  }

  @Override
  public int size() {
    return part.length;
  }
}

package dev.temper.trainers.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Sequences laid side by side in rows, each a segment that sees only itself.
 *
 * <p>Packing: longest first (ties in order), each into the first row with room; or in order where
 * that takes fewer rows, as it does for documents that were cut to fill rows. Rows are as long as
 * the fullest needs; a sequence longer than a row makes all rows of the micro-batch as long as
 * itself. Depends on lengths and order alone.
 */
final class PackedRows {

  private final int rows;
  private final int width;
  private final boolean oneEach;
  private final long[] ids;
  private final long[] positions;
  private final long[] segments;
  private final int[] starts;
  private final List<Sequence> sequences;

  private PackedRows(List<Sequence> sequences, int[] lengths, int rowTokens) {
    this.sequences = sequences;
    int[] row = new int[lengths.length];
    int[] column = new int[lengths.length];
    int room = Math.max(rowTokens, Arrays.stream(lengths).max().orElse(1));
    int[] filled = pack(lengths, room, row, column);
    this.rows = filled.length;
    this.width = Arrays.stream(filled).max().orElse(1);
    this.oneEach = rows == lengths.length;
    this.ids = new long[rows * width];
    this.positions = new long[rows * width];
    this.segments = new long[rows * width];
    this.starts = new int[lengths.length];
    for (int i = 0; i < lengths.length; i++) {
      Sequence sequence = sequences.get(i);
      starts[i] = row[i] * width + column[i];
      for (int t = 0; t < lengths[i]; t++) {
        ids[starts[i] + t] = token(sequence, t);
        positions[starts[i] + t] = t;
        segments[starts[i] + t] = i + 1L;
      }
    }
  }

  /** Rows to predict completion tokens from: the last token of a sequence is not read. */
  static PackedRows predicting(List<Sequence> sequences, int rowTokens) {
    sequences.forEach(PackedRows::check);
    return new PackedRows(
        sequences, sequences.stream().mapToInt(s -> s.length() - 1).toArray(), rowTokens);
  }

  /** Rows that hold whole sequences. */
  static PackedRows whole(List<Sequence> sequences, int rowTokens) {
    sequences.forEach(PackedRows::check);
    return new PackedRows(
        sequences, sequences.stream().mapToInt(Sequence::length).toArray(), rowTokens);
  }

  private static void check(Sequence sequence) {
    if (sequence.prompt().length == 0 || sequence.completion().length == 0) {
      throw new IllegalArgumentException(
          "a sequence needs a prompt and a completion, got %d and %d tokens"
              .formatted(sequence.prompt().length, sequence.completion().length));
    }
  }

  /** Fills row and column of each sequence; returns the tokens in each row. */
  private static int[] pack(int[] lengths, int room, int[] row, int[] column) {
    List<Integer> inOrder = IntStream.range(0, lengths.length).boxed().toList();
    List<Integer> longestFirst =
        inOrder.stream().sorted(Comparator.comparingInt(i -> -lengths[i])).toList();
    int[] filled = pack(longestFirst, lengths, room, row, column);
    int[] otherRow = new int[row.length];
    int[] otherColumn = new int[column.length];
    int[] otherFilled = pack(inOrder, lengths, room, otherRow, otherColumn);
    if (filled.length <= otherFilled.length) {
      return filled;
    }
    System.arraycopy(otherRow, 0, row, 0, row.length);
    System.arraycopy(otherColumn, 0, column, 0, column.length);
    return otherFilled;
  }

  private static int[] pack(List<Integer> order, int[] lengths, int room, int[] row, int[] column) {
    int[] filled = new int[lengths.length];
    int used = 0;
    for (int i : order) {
      int r = 0;
      while (r < used && filled[r] + lengths[i] > room) {
        r++;
      }
      used = Math.max(used, r + 1);
      row[i] = r;
      column[i] = filled[r];
      filled[r] += lengths[i];
    }
    return Arrays.copyOf(filled, used);
  }

  private static int token(Sequence sequence, int t) {
    int prompt = sequence.prompt().length;
    return t < prompt ? sequence.prompt()[t] : sequence.completion()[t - prompt];
  }

  /** [ids, positions, segments], as the programs take them. */
  NDList inputs(NDManager scope) {
    if (oneEach) {
      // Plain causal attention does: what follows a sequence in its row cannot be seen from it.
      long[] along = IntStream.range(0, width).asLongStream().toArray();
      return new NDList(
          scope.create(ids, new Shape(rows, width)),
          scope.create(along, new Shape(1, width)),
          scope.create(new long[0], new Shape(0)));
    }
    Shape shape = new Shape(rows, width);
    return new NDList(
        scope.create(ids, shape), scope.create(positions, shape), scope.create(segments, shape));
  }

  int rows() {
    return rows;
  }

  /** Those that count. */
  int completionTokens() {
    return sequences.stream().mapToInt(Sequence::trainedTokens).sum();
  }

  int longestCompletion() {
    return sequences.stream().mapToInt(s -> s.completion().length).max().orElse(0);
  }

  int sequenceCount() {
    return sequences.size();
  }

  /**
   * Flat positions from which the completion tokens that count are predicted, sequence by sequence.
   */
  NDArray labelled(NDManager scope) {
    long[] at = new long[completionTokens()];
    int n = 0;
    for (int i = 0; i < starts.length; i++) {
      Sequence sequence = sequences.get(i);
      for (int t = 0; t < sequence.completion().length; t++) {
        if (sequence.trained(t)) {
          at[n++] = starts[i] + sequence.prompt().length - 1L + t;
        }
      }
    }
    return scope.create(at);
  }

  /** Flat positions of the last token of each sequence. */
  NDArray last(NDManager scope) {
    long[] at = new long[starts.length];
    for (int i = 0; i < starts.length; i++) {
      at[i] = starts[i] + sequences.get(i).length() - 1L;
    }
    return scope.create(at);
  }

  /** Completion tokens, sequence by sequence. */
  NDArray targets(NDManager scope) {
    return scope.create(
        sequences.stream().flatMapToInt(PackedRows::trained).asLongStream().toArray());
  }

  private static IntStream trained(Sequence sequence) {
    return IntStream.range(0, sequence.completion().length)
        .filter(sequence::trained)
        .map(t -> sequence.completion()[t]);
  }

  /** Where the completion tokens stand in an array [sequences, longest completion], flat. */
  NDArray cells(NDManager scope) {
    int longest = longestCompletion();
    long[] cells = new long[completionTokens()];
    int n = 0;
    for (int i = 0; i < sequences.size(); i++) {
      for (int t = 0; t < sequences.get(i).completion().length; t++) {
        if (sequences.get(i).trained(t)) {
          cells[n++] = (long) i * longest + t;
        }
      }
    }
    return scope.create(cells);
  }

  /** 1 where there is a completion token, [sequences, longest completion]. */
  NDArray mask(NDManager scope) {
    int longest = longestCompletion();
    float[] mask = new float[sequences.size() * longest];
    for (int i = 0; i < sequences.size(); i++) {
      for (int t = 0; t < sequences.get(i).completion().length; t++) {
        mask[i * longest + t] = sequences.get(i).trained(t) ? 1 : 0;
      }
    }
    return scope.create(mask, new Shape(sequences.size(), longest));
  }
}

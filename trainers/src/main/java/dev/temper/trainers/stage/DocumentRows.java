package dev.temper.trainers.stage;

import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.random.NamedRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Documents cut into the rows that pretraining computes on.
 *
 * <p>Each document starts with the begin token, and documents fill rows one after the other. What
 * does not fit goes on in the next row, with the last token before the cut as its context, so that
 * every token of a document is learned once an epoch. The pieces of a row are sequences of their
 * own: none sees another. The end token never occurs, so a model never learns to end a turn here.
 *
 * <p>Rows are a pure function of their number: epochs one after the other, each in its own order.
 */
final class DocumentRows {

  private final List<int[]> documents;
  private final int bos;
  private final int rowTokens;
  private final NamedRandom order;
  private long epoch = -1;
  private long firstRow;
  private List<List<Sequence>> rows = List.of();

  /**
   * @param documents tokens without begin token, none of them empty
   * @param rowTokens tokens that a row reads, which are as many as it learns: the context of each
   *     piece is read and its last token is not
   */
  DocumentRows(List<int[]> documents, int bos, int rowTokens, NamedRandom order) {
    this.documents = documents;
    this.bos = bos;
    this.rowTokens = rowTokens;
    this.order = order;
  }

  /** The rows from {@code first} on, {@code count} of them. */
  List<List<Sequence>> at(long first, int count) {
    List<List<Sequence>> found = new ArrayList<>(count);
    for (long row = first; row < first + count; row++) {
      seek(row);
      found.add(rows.get((int) (row - firstRow)));
    }
    return found;
  }

  private void seek(long row) {
    if (row < firstRow || epoch < 0) {
      epoch = 0;
      firstRow = 0;
      rows = epochRows();
    }
    while (row >= firstRow + rows.size()) {
      firstRow += rows.size();
      epoch++;
      rows = epochRows();
    }
  }

  private List<List<Sequence>> epochRows() {
    int[] permutation = order.permutation(documents.size(), epoch);
    return cut(Arrays.stream(permutation).mapToObj(documents::get).toList(), bos, rowTokens);
  }

  /** Rows of documents in the given order; the last row may be short. */
  static List<List<Sequence>> cut(List<int[]> documents, int bos, int rowTokens) {
    List<List<Sequence>> rows = new ArrayList<>();
    List<Sequence> row = new ArrayList<>();
    int free = rowTokens;
    for (int[] document : documents) {
      int next = 0;
      while (next < document.length) {
        if (free == 0) {
          rows.add(row);
          row = new ArrayList<>();
          free = rowTokens;
        }
        int context = next == 0 ? bos : document[next - 1];
        int end = Math.min(document.length, next + free);
        row.add(new Sequence(new int[] {context}, Arrays.copyOfRange(document, next, end)));
        free -= end - next;
        next = end;
      }
    }
    if (!row.isEmpty()) {
      rows.add(row);
    }
    return rows;
  }
}

package dev.temper.trainers.data;

import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * The rows of a source that can be trained on, and what was left out.
 *
 * @param rows those with a completion; made when they are asked for where {@code onDisk}
 * @param withoutTrainedTokens rows left out because their completion is blank: the end of turn
 *     alone would teach silence
 * @param duplicates rows kept whose prompt and completion came before
 * @param leftOut rows left out because of what they are, by the reason
 * @param onDisk there are too many to hold
 */
public record RowSet(
    List<Row> rows,
    int withoutTrainedTokens,
    int duplicates,
    Map<String, Integer> leftOut,
    boolean onDisk) {
  public RowSet {
    rows = Collections.unmodifiableList(rows);
    leftOut = Map.copyOf(leftOut);
  }

  /** Rows that are held. */
  public RowSet(List<Row> rows, int withoutTrainedTokens, int duplicates) {
    this(rows, withoutTrainedTokens, duplicates, Map.of(), false);
  }
}

package dev.temper.trainers.data;

import java.util.List;

/**
 * The rows of a source that can be trained on, and what was left out.
 *
 * @param rows those with a completion
 * @param withoutTrainedTokens rows left out because their completion is blank: the end of turn
 *     alone would teach silence
 * @param duplicates rows kept whose prompt and completion came before
 */
public record RowSet(List<Row> rows, int withoutTrainedTokens, int duplicates) {
  public RowSet {
    rows = List.copyOf(rows);
  }
}

package dev.temper.trainers.data;

import dev.temper.recipes.DataSource;
import dev.temper.trainers.data.raw.Candidate;
import dev.temper.trainers.data.raw.RawRow;
import dev.temper.trainers.random.NamedRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes rows with two candidates, the better one first, of rows with any number. Rows that have one
 * each are compared with the other rows of their prompt.
 */
final class PairRows {

  private static final String TIES = "pairs of equal scores";
  private static final String ALONE = "prompts with one completion";

  private final Pairing pairing;
  private final NamedRandom random;
  private final RowStore pairs;
  private final Map<String, Integer> leftOut;
  private final PromptIds ids = new PromptIds();

  private PairRows(DataSource.File source, RowStore pairs, Map<String, Integer> leftOut) {
    this.pairing = Pairing.named(source.pairing().orElse(Pairing.BY_DEFAULT));
    this.random = new NamedRandom(source.seed().orElse(0L), "pairing");
    this.pairs = pairs;
    this.leftOut = leftOut;
  }

  /**
   * @param pairs where they are put
   * @param leftOut where it is counted what gives no pair
   */
  static void of(
      DataSource.File source, List<RawRow> rows, RowStore pairs, Map<String, Integer> leftOut) {
    new PairRows(source, pairs, leftOut).add(rows);
  }

  private void add(List<RawRow> rows) {
    Map<String, List<Integer>> single = new HashMap<>();
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).candidates().size() == 1) {
        String prompt = rows.get(i).prompt().orElseThrow();
        single.computeIfAbsent(prompt, any -> new ArrayList<>()).add(i);
      }
    }
    for (RawRow row : rows) {
      if (row.candidates().size() != 1) {
        add(row, row.candidates());
        continue;
      }
      // All rows of a prompt stand where its first one does.
      List<Integer> group = single.remove(row.prompt().orElseThrow());
      if (group != null) {
        add(row, group.stream().map(i -> rows.get(i).candidates().get(0)).toList());
      }
    }
  }

  private void add(RawRow row, List<Candidate> candidates) {
    if (candidates.size() < 2) {
      leftOut.merge(ALONE, 1, Integer::sum);
      return;
    }
    long id = ids.next(row.prompt().orElseThrow());
    for (Pairing.Choice choice : pairing.choose(candidates, id, random)) {
      if (choice.isTie()) {
        leftOut.merge(TIES, 1, Integer::sum);
      } else {
        pairs.add(row.with(List.of(choice.better(), choice.worse())));
      }
    }
  }
}

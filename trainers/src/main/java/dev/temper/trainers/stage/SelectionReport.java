package dev.temper.trainers.stage;

import dev.temper.trainers.selection.SelectionDiagnostics;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a selection did, and how well the scores select by the standard of gold.
 *
 * <p>A completion is right if its gold lies above the mean of its prompt's completions: for gold of
 * 0 and 1, if it is correct.
 */
final class SelectionReport {
  /** Equal golds may differ from their own mean in the last bits. */
  private static final double ROUNDING = 1e-9;

  private SelectionReport() {}

  /**
   * @param groups the completions of each prompt
   * @param rewards their scores
   * @param eligible which of them may be selected
   */
  static Map<String, Double> of(
      List<List<RolloutRow>> groups,
      double[][] rewards,
      boolean[][] eligible,
      List<RolloutRow> selected) {
    List<RolloutRow> all = groups.stream().flatMap(List::stream).toList();
    Map<String, Double> metrics = new TreeMap<>();
    metrics.put("selection/candidates", (double) all.size());
    metrics.put("selection/selected", (double) selected.size());
    metrics.put(
        "selection/prompts",
        (double) selected.stream().mapToLong(RolloutRow::promptId).distinct().count());
    metrics.put("selection/score_all", RowMeans.of(all, RolloutRow::score));
    metrics.put("selection/score_selected", RowMeans.of(selected, RolloutRow::score));
    if (all.stream().allMatch(row -> row.gold().isPresent())) {
      metrics.put("selection/gold_all", RowMeans.of(all, SelectionReport::gold));
      metrics.put("selection/gold_selected", RowMeans.of(selected, SelectionReport::gold));
      SelectionDiagnostics diagnostics = SelectionDiagnostics.of(rewards, eligible, right(groups));
      metrics.put("selection/decidable_fraction", diagnostics.decidableFraction());
      diagnostics.argMaxHitRate().ifPresent(rate -> metrics.put("selection/hit_rate", rate));
      diagnostics.randomHitRate().ifPresent(rate -> metrics.put("selection/random_hit_rate", rate));
    }
    return metrics;
  }

  private static boolean[][] right(List<List<RolloutRow>> groups) {
    boolean[][] right = new boolean[groups.size()][];
    for (int i = 0; i < right.length; i++) {
      List<RolloutRow> group = groups.get(i);
      double mean = RowMeans.of(group, SelectionReport::gold);
      right[i] = new boolean[group.size()];
      for (int j = 0; j < right[i].length; j++) {
        right[i][j] = gold(group.get(j)) > mean + ROUNDING;
      }
    }
    return right;
  }

  private static double gold(RolloutRow row) {
    return row.gold().orElseThrow();
  }
}

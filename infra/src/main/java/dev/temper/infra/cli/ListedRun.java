package dev.temper.infra.cli;

import dev.temper.infra.run.RunRecord;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One line of the list of runs.
 *
 * @param stages finished of how many; {@code ?} where nobody could be asked
 * @param remark what the reader has to know besides; empty for nothing
 */
record ListedRun(
    String run,
    String recipe,
    String status,
    String startedAt,
    Optional<String> endedAt,
    String stages,
    String remark) {

  static ListedRun of(RunRecord record, String status, String remark) {
    return new ListedRun(
        record.run(),
        record.recipe(),
        status,
        record.startedAt(),
        record.endedAt(),
        FolderView.share(record),
        remark);
  }

  Map<String, Object> json() {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("run", run);
    line.put("recipe", recipe);
    line.put("status", status);
    line.put("startedAt", startedAt);
    endedAt.ifPresent(ended -> line.put("endedAt", ended));
    line.put("stages", stages);
    if (!remark.isEmpty()) {
      line.put("remark", remark);
    }
    return line;
  }

  String text(int width) {
    return ("%-" + Math.max(1, width) + "s  %-15s  %5s stages  started %s  recipe %s%s")
        .formatted(
            run, status, stages, startedAt, recipe, remark.isEmpty() ? "" : "  (" + remark + ")");
  }
}

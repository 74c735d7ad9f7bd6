package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;

/**
 * {@code {"prompt", "response_0", "response_1", "better_response_id"}}, as in PKU-SafeRLHF; {@code
 * columns: {better_response_id: safer_response_id, ...}} compares safety instead.
 */
final class PkuSafe implements Shape {

  private static final String BETTER = "better_response_id";
  private static final Set<String> NAMED = Set.of("prompt", "response_0", "response_1", BETTER);

  @Override
  public boolean fits(JsonNode row) {
    return row.has("response_0") && row.has("response_1");
  }

  @Override
  public RawRow read(JsonNode row, String where) {
    double better = Fields.neededNumber(row, BETTER);
    if (better != 0 && better != 1) {
      throw new WrongShape("'%s' must be 0 or 1, got %s".formatted(BETTER, row.get(BETTER)));
    }
    return RawRow.compared(
        where,
        Fields.needed(row, "prompt"),
        List.of(
            new Candidate(Fields.needed(row, "response_0"), 1 - better),
            new Candidate(Fields.needed(row, "response_1"), better)),
        Fields.facts(row, NAMED));
  }
}

package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** {@code {"prompt", "chosen", "rejected"}}, all strings. */
final class Preference implements Shape {

  private static final Set<String> NAMED = Set.of("prompt", "chosen", "rejected");

  @Override
  public boolean fits(JsonNode row) {
    return row.has("prompt") && row.has("chosen") && row.has("rejected");
  }

  @Override
  public RawRow read(JsonNode row, String where) {
    return RawRow.compared(
        where,
        Fields.needed(row, "prompt"),
        Sides.of(Fields.needed(row, "chosen"), Fields.needed(row, "rejected")),
        Fields.facts(row, NAMED));
  }
}

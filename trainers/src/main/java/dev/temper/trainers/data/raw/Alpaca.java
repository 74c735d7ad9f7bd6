package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;

/** {@code {"instruction", "input", "output"}}: an input stands below its instruction. */
final class Alpaca implements Shape {

  private static final Set<String> NAMED = Set.of("instruction", "input", "output", "text");

  @Override
  public boolean fits(JsonNode row) {
    return row.has("instruction") && row.has("output");
  }

  @Override
  public RawRow read(JsonNode row, String where) {
    String instruction = Fields.needed(row, "instruction");
    String input = Fields.text(row, "input").orElse("");
    return RawRow.simple(
        where,
        Optional.of(input.isBlank() ? instruction : instruction + "\n\n" + input),
        Optional.of(Fields.needed(row, "output")),
        Optional.empty(),
        Fields.facts(row, NAMED));
  }
}

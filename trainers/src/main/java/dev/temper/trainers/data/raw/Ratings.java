package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code {"prompt", "completion", "rating"}}: one rated completion a row. Rows of one prompt are
 * compared with each other. The rating is a fact, too.
 */
final class Ratings implements Shape {

  private static final Set<String> NAMED = Set.of("prompt", "completion");

  @Override
  public boolean fits(JsonNode row) {
    return row.has("prompt") && row.has("completion") && row.has("rating");
  }

  @Override
  public RawRow read(JsonNode row, String where) {
    String completion = Fields.needed(row, "completion");
    Map<String, String> facts = Fields.facts(row, NAMED);
    return RawRow.demonstration(where, Fields.needed(row, "prompt"), completion, facts)
        .with(List.of(new Candidate(completion, Fields.neededNumber(row, "rating"))));
  }
}

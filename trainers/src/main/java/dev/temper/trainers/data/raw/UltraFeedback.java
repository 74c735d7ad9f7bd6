package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * {@code {"instruction", "completions": [{"response", "annotations"}]}}, as in UltraFeedback: a
 * completion's score is the mean of its ratings, {@code overall_score} where it has no annotations.
 * Completions without a rating are left out.
 */
final class UltraFeedback implements Shape {

  private static final Set<String> NAMED = Set.of("instruction", "completions");

  @Override
  public boolean fits(JsonNode row) {
    return row.has("instruction") && row.has("completions");
  }

  @Override
  public RawRow read(JsonNode row, String where) {
    List<Candidate> candidates = new ArrayList<>();
    for (JsonNode completion : Fields.items(row, "completions")) {
      OptionalDouble score = score(completion);
      if (score.isPresent()) {
        candidates.add(new Candidate(Fields.needed(completion, "response"), score.getAsDouble()));
      }
    }
    if (candidates.isEmpty()) {
      throw new LeftOut("instructions without a rated completion");
    }
    return RawRow.compared(
        where, Fields.needed(row, "instruction"), candidates, Fields.facts(row, NAMED));
  }

  private static OptionalDouble score(JsonNode completion) {
    List<Double> ratings = new ArrayList<>();
    completion
        .path("annotations")
        .properties()
        .forEach(
            aspect -> Fields.number(rating(aspect.getValue()), "Rating").ifPresent(ratings::add));
    return ratings.isEmpty()
        ? Fields.number(completion, "overall_score")
        : ratings.stream().mapToDouble(rating -> rating).average();
  }

  /** Some aspects hold a list with one annotation. */
  private static JsonNode rating(JsonNode annotation) {
    return annotation.isArray() ? annotation.path(0) : annotation;
  }
}

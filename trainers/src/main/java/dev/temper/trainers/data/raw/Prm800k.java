package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * {@code {"question": {"problem", "ground_truth_answer"}, "label": {"steps", "finish_reason"}}}, as
 * in PRM800K. The completion is the chosen steps, one a line. Facts: {@code answer}, {@code
 * finish}, and {@code stepRatings}, the ratings of these steps (-1, 0, 1; {@code h} where a human
 * wrote the step).
 *
 * <p>As a candidate a solution's score is the lowest rating of its steps, so that solutions of one
 * problem can be compared. Labels without a chosen step are left out.
 */
final class Prm800k implements Shape {

  @Override
  public boolean fits(JsonNode row) {
    return row.path("question").isObject() && row.has("label");
  }

  @Override
  public RawRow read(JsonNode row, String where) {
    JsonNode question = row.get("question");
    JsonNode label = row.get("label");
    List<String> texts = new ArrayList<>();
    List<String> ratings = new ArrayList<>();
    double lowest = 1;
    for (JsonNode step : Fields.items(label, "steps")) {
      Optional<JsonNode> chosen = chosen(step);
      if (chosen.isEmpty()) {
        break; // the labeller stopped here
      }
      texts.add(Fields.needed(chosen.get(), "text"));
      boolean human = step.path("human_completion").isObject();
      Optional<Double> rating =
          human
              ? Optional.empty()
              : Fields.number(chosen.get(), "rating").stream().boxed().findFirst();
      ratings.add(rating.map(number -> Integer.toString(number.intValue())).orElse("h"));
      lowest = Math.min(lowest, rating.orElse(1.0));
    }
    if (texts.isEmpty()) {
      throw new LeftOut("labels without a chosen step");
    }
    String solution = String.join("\n", texts);
    return RawRow.demonstration(
            where, Fields.needed(question, "problem"), solution, facts(row, ratings))
        .with(List.of(new Candidate(solution, lowest)));
  }

  private static Map<String, String> facts(JsonNode row, List<String> ratings) {
    Map<String, String> facts = new TreeMap<>(Fields.facts(row, Set.of("question", "label")));
    Fields.text(row.get("question"), "ground_truth_answer")
        .ifPresent(answer -> facts.put("answer", answer));
    Fields.text(row.get("label"), "finish_reason").ifPresent(why -> facts.put("finish", why));
    facts.put("stepRatings", String.join(",", ratings));
    return facts;
  }

  private static Optional<JsonNode> chosen(JsonNode step) {
    if (step.path("human_completion").isObject()) {
      return Optional.of(step.get("human_completion"));
    }
    OptionalInt choice =
        step.path("chosen_completion").isInt()
            ? OptionalInt.of(step.get("chosen_completion").intValue())
            : OptionalInt.empty();
    List<JsonNode> completions = Fields.items(step, "completions");
    if (choice.isPresent()) {
      if (choice.getAsInt() < 0 || choice.getAsInt() >= completions.size()) {
        throw new WrongShape(
            "'chosen_completion' must be in [0, %d), got %d"
                .formatted(completions.size(), choice.getAsInt()));
      }
      return Optional.of(completions.get(choice.getAsInt()));
    }
    // A step at which an error was found has one completion and no choice.
    return completions.size() == 1 ? Optional.of(completions.get(0)) : Optional.empty();
  }
}

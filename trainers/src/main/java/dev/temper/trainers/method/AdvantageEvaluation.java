package dev.temper.trainers.method;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.recipes.Method;
import dev.temper.trainers.advantage.Advantages;
import java.util.List;

/** The advantage of each completion. */
final class AdvantageEvaluation implements Evaluation {

  @Override
  public JsonNode evaluate(Method method, Input input) {
    input.require(List.of("rewards"), List.of());
    double[][] advantage = Advantages.create(method).compute(input.lists("rewards"));
    return Output.object().set("advantage", Output.lists(advantage));
  }
}

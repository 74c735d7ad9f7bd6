package dev.temper.trainers.method;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.recipes.Method;
import dev.temper.trainers.model.Loss;
import dev.temper.trainers.reward.RewardLosses;
import java.util.List;

/** Value, metrics and gradients of a reward loss, as a mean over the pairs. */
final class RewardLossEvaluation implements Evaluation {

  @Override
  public JsonNode evaluate(Method method, Input input) {
    input.require(List.of("chosen", "rejected"), List.of());
    double[] scores = input.vector("chosen");
    try (Arrays64 arrays = new Arrays64()) {
      NDArray chosen = arrays.vector(scores);
      NDArray rejected = arrays.vector(input.vector("rejected"));
      double weightPerPair = 1.0 / Math.max(1, scores.length);
      Loss loss =
          Gradients.record(
              List.of(chosen, rejected),
              () -> RewardLosses.create(method).compute(chosen, rejected, weightPerPair));
      ObjectNode gradient = Output.object();
      gradient.set("chosen", Output.list(chosen.getGradient().toDoubleArray()));
      gradient.set("rejected", Output.list(rejected.getGradient().toDoubleArray()));
      ObjectNode output = Output.object().put("loss", loss.value().getDouble());
      output.set("metrics", Output.metrics(loss.metrics()));
      output.set("gradient", gradient);
      return output;
    }
  }
}

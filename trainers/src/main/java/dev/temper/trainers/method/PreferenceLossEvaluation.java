package dev.temper.trainers.method;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.recipes.Method;
import dev.temper.trainers.model.Loss;
import dev.temper.trainers.preference.PairBatch;
import dev.temper.trainers.preference.PreferenceLosses;
import java.util.Arrays;
import java.util.List;

/**
 * Value, metrics and gradients of a preference loss, as a mean over the pairs. Completions without
 * lengths have one token.
 */
final class PreferenceLossEvaluation implements Evaluation {

  @Override
  public JsonNode evaluate(Method method, Input input) {
    input.require(
        List.of("policyChosen", "policyRejected", "referenceChosen", "referenceRejected"),
        List.of("chosenTokens", "rejectedTokens"));
    double[] given = input.vector("policyChosen");
    try (Arrays64 arrays = new Arrays64()) {
      NDArray chosen = arrays.vector(given);
      NDArray rejected = arrays.vector(input.vector("policyRejected"));
      PairBatch batch =
          new PairBatch(
              chosen,
              rejected,
              arrays.vector(input.vector("referenceChosen")),
              arrays.vector(input.vector("referenceRejected")),
              arrays.vector(lengths(input, "chosenTokens", given.length)),
              arrays.vector(lengths(input, "rejectedTokens", given.length)),
              1.0 / Math.max(1, given.length));
      Loss loss =
          Gradients.record(
              List.of(chosen, rejected), () -> PreferenceLosses.create(method).compute(batch));
      ObjectNode gradient = Output.object();
      gradient.set("policyChosen", Output.list(chosen.getGradient().toDoubleArray()));
      gradient.set("policyRejected", Output.list(rejected.getGradient().toDoubleArray()));
      ObjectNode output = Output.object().put("loss", loss.value().getDouble());
      output.set("metrics", Output.metrics(loss.metrics()));
      output.set("gradient", gradient);
      return output;
    }
  }

  private static double[] lengths(Input input, String name, int pairs) {
    if (input.has(name)) {
      return input.vector(name);
    }
    double[] ones = new double[pairs];
    Arrays.fill(ones, 1);
    return ones;
  }
}

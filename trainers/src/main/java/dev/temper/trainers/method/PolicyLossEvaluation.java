package dev.temper.trainers.method;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.recipes.Method;
import dev.temper.trainers.loss.PolicyLosses;
import dev.temper.trainers.loss.TokenBatch;
import dev.temper.trainers.model.Loss;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Value, metrics and gradient by {@code logp} of a policy loss. */
final class PolicyLossEvaluation implements Evaluation {

  @Override
  public JsonNode evaluate(Method method, Input input) {
    input.require(List.of("logp", "oldLogp", "advantage", "mask"), List.of("refLogp"));
    double[][] mask = input.matrix("mask");
    double[] perSequence = PolicyLosses.aggregation(method).weights(lengths(mask));
    try (Arrays64 arrays = new Arrays64()) {
      NDArray logp = arrays.matrix(input.matrix("logp", mask));
      TokenBatch batch =
          new TokenBatch(
              logp,
              arrays.matrix(input.matrix("oldLogp", mask)),
              input.has("refLogp")
                  ? Optional.of(arrays.matrix(input.matrix("refLogp", mask)))
                  : Optional.empty(),
              arrays.matrix(input.matrixOrColumn("advantage", mask)),
              arrays.matrix(mask),
              arrays.matrix(weights(mask, perSequence)),
              arrays.matrix(tokenWeights(mask)));
      Loss loss = Gradients.record(List.of(logp), () -> PolicyLosses.create(method).compute(batch));
      ObjectNode output = Output.object().put("loss", loss.value().getDouble());
      output.set("metrics", Output.metrics(loss.metrics()));
      output.set("gradient", Output.lists(Arrays64.rows(logp.getGradient())));
      return output;
    }
  }

  private static int[] lengths(double[][] mask) {
    int[] lengths = new int[mask.length];
    for (int b = 0; b < mask.length; b++) {
      for (double entry : mask[b]) {
        if (entry != 0 && entry != 1) {
          throw new IllegalArgumentException("'mask' must be made of 0 and 1, got " + entry);
        }
      }
      lengths[b] = (int) Arrays.stream(mask[b]).sum();
    }
    return lengths;
  }

  private static double[][] weights(double[][] mask, double[] perSequence) {
    double[][] weights = new double[mask.length][];
    for (int b = 0; b < mask.length; b++) {
      double weight = perSequence[b];
      weights[b] = Arrays.stream(mask[b]).map(entry -> entry * weight).toArray();
    }
    return weights;
  }

  private static double[][] tokenWeights(double[][] mask) {
    double tokens = Math.max(1, Arrays.stream(lengths(mask)).sum());
    double[] perSequence = new double[mask.length];
    Arrays.fill(perSequence, 1 / tokens);
    return weights(mask, perSequence);
  }
}

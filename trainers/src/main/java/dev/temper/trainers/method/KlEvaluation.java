package dev.temper.trainers.method;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.recipes.Method;
import dev.temper.trainers.kl.KlEstimators;
import java.util.List;

/** The estimate for each token. */
final class KlEvaluation implements Evaluation {

  @Override
  public JsonNode evaluate(Method method, Input input) {
    input.require(List.of("logp", "refLogp", "mask"), List.of());
    double[][] mask = input.matrix("mask");
    try (Arrays64 arrays = new Arrays64()) {
      NDArray perToken =
          KlEstimators.create(method)
              .perToken(
                  arrays.matrix(input.matrix("logp", mask)),
                  arrays.matrix(input.matrix("refLogp", mask)),
                  arrays.matrix(mask));
      return Output.object().set("perToken", Output.lists(Arrays64.rows(perToken)));
    }
  }
}

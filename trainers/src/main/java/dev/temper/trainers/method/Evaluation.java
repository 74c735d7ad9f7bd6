package dev.temper.trainers.method;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.recipes.Method;

/** Applies a method of one family to arrays given as JSON. */
@FunctionalInterface
interface Evaluation {

  /**
   * @param method resolved
   */
  JsonNode evaluate(Method method, Input input);
}

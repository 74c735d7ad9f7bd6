package dev.temper.trainers.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

/**
 * What a model computed for one micro-batch, and the way back from it: along the graph that the
 * values hold, or by computing each layer again.
 */
final class ModelValues {

  private final Transformer transformer;
  private final String method;
  private final Object[] arguments;
  private final NDList found;

  private ModelValues(Transformer transformer, String method, Object[] arguments, NDList found) {
    this.transformer = transformer;
    this.method = method;
    this.arguments = arguments;
    this.found = found;
  }

  /**
   * Calls a method of {@code transformer.py}.
   *
   * @param arguments the weights come first
   */
  static ModelValues of(
      Transformer transformer, NDManager scope, String method, Object... arguments) {
    String called = transformer.engine().recomputes() ? method + "_kept" : method;
    NDList found = transformer.program().call(scope, called, true, arguments);
    return new ModelValues(transformer, method, arguments, found);
  }

  /** In a list of one axis. */
  NDArray values() {
    return found.head();
  }

  /**
   * Gradients in the weights.
   *
   * @param gradient in the values
   */
  NDList gradients(NDManager scope, NDArray gradient) {
    if (!transformer.engine().recomputes()) {
      return transformer
          .program()
          .call(scope, "backward", true, transformer.weights(), values(), gradient);
    }
    Object[] all = new Object[arguments.length + 2];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = gradient;
    all[arguments.length + 1] = found.subNDList(1);
    return transformer.program().call(scope, method + "_again", true, all);
  }
}

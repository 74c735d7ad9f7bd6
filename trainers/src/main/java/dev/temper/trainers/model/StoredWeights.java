package dev.temper.trainers.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.temper.trainers.StageFailure;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Weights that were saved, checked before any of them is read. */
final class StoredWeights implements Transformer.WeightSource {

  private final String origin;
  private final Map<String, StoredTensor> tensors;
  private final Scratch scratch = new Scratch();

  /**
   * @param origin where they are from, for messages
   * @param expected what the model is made of
   */
  StoredWeights(String origin, Map<String, StoredTensor> tensors, List<Parameter> expected) {
    this.origin = origin;
    this.tensors = tensors;
    expected.forEach(this::require);
    requireNoMore(expected);
  }

  private void require(Parameter parameter) {
    for (Parameter.Part part : parameter.parts()) {
      long[] wanted = part.shape(parameter.columns()).getShape();
      StoredTensor tensor = tensors.get(part.name());
      if (tensor == null) {
        throw new StageFailure(
            StageFailure.Type.ARTIFACT_CORRUPT,
            "%s: %s must have shape %s, got none"
                .formatted(origin, part.name(), Arrays.toString(wanted)));
      }
      tensor.require(wanted);
    }
  }

  private void requireNoMore(List<Parameter> expected) {
    Set<String> unknown = new TreeSet<>(tensors.keySet());
    expected.forEach(p -> p.parts().forEach(part -> unknown.remove(part.name())));
    // Derived from others: a tied head, and the frequencies that old versions stored.
    unknown.removeIf(n -> n.equals(Parameter.LANGUAGE_MODEL) || n.endsWith("rotary_emb.inv_freq"));
    if (!unknown.isEmpty()) {
      throw new StageFailure(
          StageFailure.Type.INVALID_SPEC,
          "%s cannot be loaded: its weights have unknown tensors %s".formatted(origin, unknown));
    }
  }

  @Override
  public NDList pieces(NDManager scope, Parameter parameter) {
    NDList pieces = new NDList();
    for (Parameter.Part part : parameter.parts()) {
      tensors.get(part.name()).addTo(pieces, scope, scratch);
    }
    return pieces;
  }
}

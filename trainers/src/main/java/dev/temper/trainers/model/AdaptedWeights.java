package dev.temper.trainers.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import java.util.Optional;

/** Weights with an adapter merged into them, in float32: {@code W + scale * B A}. */
final class AdaptedWeights implements Transformer.WeightSource {

  private final Transformer.WeightSource base;
  private final PeftAdapter adapter;

  AdaptedWeights(Transformer.WeightSource base, PeftAdapter adapter) {
    this.base = base;
    this.adapter = adapter;
  }

  @Override
  public NDList pieces(NDManager scope, Parameter parameter) {
    NDList pieces = before(scope, parameter);
    if (parameter.parts().stream().noneMatch(part -> adapter.delta(part.name()).isPresent())) {
      return pieces;
    }
    // A copy: the piece may lie in the file.
    NDArray whole = pieces.size() == 1 ? pieces.head().duplicate() : NDArrays.concat(pieces);
    Program program = Program.load(scope, "lowrank.py", "LowRank", Map.of());
    int first = 0;
    for (Parameter.Part part : parameter.parts()) {
      Optional<PeftAdapter.Delta> delta = adapter.delta(part.name());
      if (delta.isPresent()) {
        add(scope, program, whole, first, part.rows(), delta.get());
      }
      first += part.rows();
    }
    return new NDList(whole);
  }

  private NDList before(NDManager scope, Parameter parameter) {
    Optional<StoredTensor> replacement = adapter.replacement(parameter.name());
    if (replacement.isEmpty()) {
      return base.pieces(scope, parameter);
    }
    NDList pieces = new NDList();
    replacement.get().addTo(pieces, scope, new Scratch());
    return pieces;
  }

  private static void add(
      NDManager scope,
      Program program,
      NDArray whole,
      int first,
      int rows,
      PeftAdapter.Delta delta) {
    NDArray place = scope.create(new long[] {0, 0, first, rows}, new Shape(1, 4));
    // Of its own, since an argument's name is its place.
    NDArray same = whole.reshape(whole.getShape());
    program.call(
        scope,
        "merge",
        false,
        new NDList(whole),
        new NDList(same),
        new NDList(array(scope, delta.a())),
        new NDList(array(scope, delta.b())),
        place,
        scope.create(delta.scale()));
  }

  private static NDArray array(NDManager scope, StoredTensor tensor) {
    return scope.create(tensor.values(), new Shape(tensor.shape()));
  }
}

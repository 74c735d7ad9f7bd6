package dev.temper.trainers.model;

import ai.djl.ndarray.types.Shape;
import dev.temper.trainers.model.family.Head;
import dev.temper.trainers.model.family.ModelConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * One weight as the programs see it: one tensor of the Hugging Face checkpoint, or several of them
 * stacked along the first axis.
 *
 * @param name of the stack; equal to the part's name where there is one
 * @param columns size of the second axis; 0 for a vector
 */
record Parameter(String name, List<Part> parts, int columns) {

  static final String SCORE = "score.weight";
  static final String LANGUAGE_MODEL = "lm_head.weight";

  /** A tensor of the checkpoint and its size along the first axis. */
  record Part(String name, int rows) {

    Shape shape(int columns) {
      return columns == 0 ? new Shape(rows) : new Shape(rows, columns);
    }
  }

  Parameter {
    parts = List.copyOf(parts);
  }

  boolean matrix() {
    return columns > 0;
  }

  int rows() {
    return parts.stream().mapToInt(Part::rows).sum();
  }

  Shape shape() {
    return matrix() ? new Shape(rows(), columns) : new Shape(rows());
  }

  /** All weights of a model, in the order of {@code transformer.py}. */
  static List<Parameter> of(ModelConfig config, Head head) {
    int width = config.hiddenSize();
    LayerLayout layout = new LayerLayout(config);
    List<Parameter> all = new ArrayList<>();
    all.add(one("model.embed_tokens.weight", config.vocabSize(), width));
    for (int i = 0; i < config.shape().layers(); i++) {
      all.addAll(layout.parameters(i));
    }
    all.add(one("model.norm.weight", width, 0));
    if (head == Head.SCORE) {
      all.add(one(SCORE, 1, width));
    } else if (!config.shape().tiedHead()) {
      all.add(one(LANGUAGE_MODEL, config.vocabSize(), width));
    }
    return List.copyOf(all);
  }

  static Parameter one(String name, int rows, int columns) {
    return new Parameter(name, List.of(new Part(name, rows)), columns);
  }
}

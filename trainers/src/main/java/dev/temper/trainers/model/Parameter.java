package dev.temper.trainers.model;

import ai.djl.ndarray.types.Shape;
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

  /** What stands on top of the last layer. */
  enum Head {
    /** Next-token logits. */
    LANGUAGE_MODEL("LlamaForCausalLM"),
    /** One score per sequence. */
    SCORE("LlamaForSequenceClassification");

    private final String architecture;

    Head(String architecture) {
      this.architecture = architecture;
    }

    /** As in {@code config.json}. */
    String architecture() {
      return architecture;
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

  /** All weights of a model, in the order of {@code llama.py}. */
  static List<Parameter> of(LlamaConfig c, Head head) {
    int width = c.hiddenSize();
    int queries = c.heads() * c.headDim();
    int keys = c.kvHeads() * c.headDim();
    List<Parameter> all = new ArrayList<>();
    all.add(one("model.embed_tokens.weight", c.vocabSize(), width));
    for (int i = 0; i < c.layers(); i++) {
      String layer = "model.layers." + i + ".";
      all.add(one(layer + "input_layernorm.weight", width, 0));
      all.add(
          new Parameter(
              layer + "self_attn.qkv_proj.weight",
              List.of(
                  new Part(layer + "self_attn.q_proj.weight", queries),
                  new Part(layer + "self_attn.k_proj.weight", keys),
                  new Part(layer + "self_attn.v_proj.weight", keys)),
              width));
      all.add(one(layer + "self_attn.o_proj.weight", width, queries));
      all.add(one(layer + "post_attention_layernorm.weight", width, 0));
      all.add(
          new Parameter(
              layer + "mlp.gate_up_proj.weight",
              List.of(
                  new Part(layer + "mlp.gate_proj.weight", c.intermediateSize()),
                  new Part(layer + "mlp.up_proj.weight", c.intermediateSize())),
              width));
      all.add(one(layer + "mlp.down_proj.weight", width, c.intermediateSize()));
    }
    all.add(one("model.norm.weight", width, 0));
    if (head == Head.SCORE) {
      all.add(one(SCORE, 1, width));
    } else if (!c.tiedHead()) {
      all.add(one(LANGUAGE_MODEL, c.vocabSize(), width));
    }
    return List.copyOf(all);
  }

  private static Parameter one(String name, int rows, int columns) {
    return new Parameter(name, List.of(new Part(name, rows)), columns);
  }
}

package dev.temper.trainers.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.model.Parameter.Head;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The weights of one model with the program that computes with them. */
final class Transformer implements AutoCloseable {

  private static final String WEIGHTS = "model.safetensors";
  private static final String CONFIG = "config.json";

  private final Engine engine;
  private final LlamaConfig config;
  private final Head head;
  private final NDManager manager;
  private final List<Parameter> parameters;
  private final NDList weights = new NDList();
  private final Program program;
  private long updates;

  private Transformer(Engine engine, LlamaConfig config, Head head, WeightSource source) {
    this.engine = engine;
    this.config = config;
    this.head = head;
    this.parameters = Parameter.of(config, head);
    this.manager = engine.newManager();
    try {
      for (Parameter parameter : parameters) {
        try (NDArray read = manager.create(source.values(parameter), parameter.shape())) {
          // A copy in memory that libtorch allocated: how memory is aligned can change last bits.
          NDArray weight = read.duplicate();
          weight.setRequiresGradient(true);
          weights.add(weight);
        }
      }
      this.program = Program.load(manager, "llama.py", "Llama", constants());
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /** Initial values of a weight, row by row. */
  @FunctionalInterface
  interface WeightSource {
    FloatBuffer values(Parameter parameter);
  }

  static Transformer create(Engine engine, LlamaConfig config, Head head, WeightSource source) {
    return new Transformer(engine, config, head, source);
  }

  /** Reads a Hugging Face directory. */
  static Transformer load(Engine engine, Path folder, Head head) throws IOException {
    LlamaConfig config = config(folder, head);
    return create(engine, config, head, source(folder, Parameter.of(config, head)));
  }

  static LlamaConfig config(Path folder, Head head) throws IOException {
    return HuggingFaceConfig.read(
        folder.getFileName() + "/" + CONFIG, Files.readAllBytes(folder.resolve(CONFIG)), head);
  }

  /**
   * The weights of a Hugging Face directory.
   *
   * @param expected all that its model has
   */
  static WeightSource source(Path folder, List<Parameter> expected) throws IOException {
    if (Files.exists(folder.resolve(WEIGHTS + ".index.json"))) {
      throw new StageFailure(
          StageFailure.Type.INVALID_SPEC,
          folder.getFileName() + " cannot be loaded: its weights are in more than one file");
    }
    Map<String, SafeTensors.Stored> stored = SafeTensors.read(folder.resolve(WEIGHTS));
    Set<String> unknown = new TreeSet<>(stored.keySet());
    expected.forEach(p -> p.parts().forEach(part -> unknown.remove(part.name())));
    // Derived from others: a tied head, and the frequencies that old versions stored.
    unknown.removeIf(n -> n.equals(Parameter.LANGUAGE_MODEL) || n.endsWith("rotary_emb.inv_freq"));
    if (!unknown.isEmpty()) {
      throw new StageFailure(
          StageFailure.Type.INVALID_SPEC,
          "%s cannot be loaded: its weights have unknown tensors %s"
              .formatted(folder.getFileName(), unknown));
    }
    return source(WEIGHTS, stored);
  }

  static Transformer restore(Engine engine, CheckpointReader from, String prefix, Head head)
      throws IOException {
    ByteBuffer text = from.read(prefix + CONFIG);
    byte[] bytes = new byte[text.remaining()];
    text.get(bytes);
    LlamaConfig config = HuggingFaceConfig.read(prefix + CONFIG, bytes, head);
    Map<String, SafeTensors.Stored> stored =
        SafeTensors.read(prefix + WEIGHTS, from.read(prefix + WEIGHTS));
    return create(engine, config, head, source(prefix + WEIGHTS, stored));
  }

  void save(CheckpointWriter out, String prefix) throws IOException {
    out.put(prefix + WEIGHTS, safetensors());
    out.put(prefix + CONFIG, HuggingFaceConfig.write(config, head));
  }

  /** The model's part of a Hugging Face directory, by file name. */
  Map<String, ByteBuffer> files() {
    Map<String, ByteBuffer> files = new TreeMap<>();
    files.put(CONFIG, HuggingFaceConfig.write(config, head));
    files.put(WEIGHTS, safetensors());
    return files;
  }

  Transformer copy() {
    Map<String, NDArray> mine = new LinkedHashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      mine.put(parameters.get(i).name(), weights.get(i));
    }
    return create(engine, config, head, p -> floats(mine.get(p.name())));
  }

  Engine engine() {
    return engine;
  }

  LlamaConfig config() {
    return config;
  }

  NDManager manager() {
    return manager;
  }

  List<Parameter> parameters() {
    return parameters;
  }

  NDList weights() {
    return weights;
  }

  Program program() {
    return program;
  }

  /** Changes whenever the weights do. */
  synchronized long version() {
    return updates;
  }

  synchronized void changed() {
    updates++;
  }

  /** What the programs know about the model's shape. */
  Map<String, Number> constants() {
    Map<String, Number> constants = new LinkedHashMap<>();
    constants.put("layers", config.layers());
    constants.put("heads", config.heads());
    constants.put("kv_heads", config.kvHeads());
    constants.put("head_dim", config.headDim());
    constants.put("tied", head == Head.LANGUAGE_MODEL && config.tiedHead() ? 1 : 0);
    constants.put("bfloat16", engine.bfloat16() ? 1 : 0);
    constants.put("rms_eps", config.rmsNormEps());
    constants.put("rope_theta", config.ropeTheta());
    return constants;
  }

  private ByteBuffer safetensors() {
    Map<String, SafeTensors.Stored> stored = new TreeMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      FloatBuffer all = floats(weights.get(i));
      int at = 0;
      for (Parameter.Part part : parameter.parts()) {
        long[] shape = part.shape(parameter.columns()).getShape();
        int size = (int) part.shape(parameter.columns()).size();
        stored.put(part.name(), new SafeTensors.Stored(shape, all.slice(at, size)));
        at += size;
      }
    }
    return SafeTensors.write(stored);
  }

  static FloatBuffer floats(NDArray array) {
    return FloatBuffer.wrap(array.toFloatArray());
  }

  private static WeightSource source(String file, Map<String, SafeTensors.Stored> stored) {
    return parameter -> {
      FloatBuffer all = FloatBuffer.allocate((int) parameter.shape().size());
      for (Parameter.Part part : parameter.parts()) {
        SafeTensors.Stored tensor = stored.get(part.name());
        long[] wanted = part.shape(parameter.columns()).getShape();
        if (tensor == null || !Arrays.equals(tensor.shape(), wanted)) {
          throw new StageFailure(
              StageFailure.Type.ARTIFACT_CORRUPT,
              "%s: %s must have shape %s, got %s"
                  .formatted(
                      file,
                      part.name(),
                      Arrays.toString(wanted),
                      tensor == null ? "none" : Arrays.toString(tensor.shape())));
        }
        all.put(tensor.values().duplicate());
      }
      return all.flip();
    };
  }

  @Override
  public void close() {
    manager.close();
  }
}

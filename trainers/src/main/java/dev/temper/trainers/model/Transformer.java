package dev.temper.trainers.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.model.family.Attention;
import dev.temper.trainers.model.family.Attention.Layer;
import dev.temper.trainers.model.family.Block.Activation;
import dev.temper.trainers.model.family.Head;
import dev.temper.trainers.model.family.HuggingFaceConfig;
import dev.temper.trainers.model.family.ModelConfig;
import dev.temper.trainers.model.family.Rope;
import dev.temper.trainers.model.family.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The weights of one model with the program that computes with them. */
final class Transformer implements AutoCloseable {

  private static final String CONFIG = "config.json";
  private static final TensorFiles WEIGHTS = new TensorFiles("model");

  private final Engine engine;
  private final HuggingFaceConfig config;
  private final Head head;
  private final NDManager manager;
  private final List<Parameter> parameters;
  private final NDList weights = new NDList();
  private final Program program;
  private long updates;

  private Transformer(Engine engine, HuggingFaceConfig config, Head head, WeightSource source) {
    this.engine = engine;
    this.config = config;
    this.head = head;
    this.parameters = Parameter.of(config.model(), head);
    this.manager = engine.newManager();
    try {
      for (Parameter parameter : parameters) {
        NDArray weight = weight(source, parameter);
        weight.setRequiresGradient(true);
        weights.add(weight);
      }
      this.program = Program.load(manager, "transformer.py", "Transformer", constants());
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  private NDArray weight(WeightSource source, Parameter parameter) {
    try (NDManager scope = manager.newSubManager()) {
      NDList pieces = source.pieces(scope, parameter);
      // A copy in memory that libtorch allocated: how memory is aligned can change last bits, and
      // an update must not reach a file.
      NDArray weight = pieces.size() == 1 ? pieces.head().duplicate() : NDArrays.concat(pieces);
      weight.attach(manager);
      return weight;
    }
  }

  /** Initial values of a weight, as one array or as several to be joined along the first axis. */
  @FunctionalInterface
  interface WeightSource {
    NDList pieces(NDManager scope, Parameter parameter);
  }

  static Transformer create(
      Engine engine, HuggingFaceConfig config, Head head, WeightSource source) {
    return new Transformer(engine, config, head, source);
  }

  /** The configuration of a Hugging Face directory. */
  static HuggingFaceConfig config(Path folder, Head head) throws IOException {
    String name = folder.getFileName() + "/" + CONFIG;
    try {
      HuggingFaceConfig config =
          HuggingFaceConfig.read(name, Files.readAllBytes(folder.resolve(CONFIG)), head);
      TokenizerReach.require(folder, config.model().vocabSize());
      return config;
    } catch (NoSuchFileException e) {
      throw new StageFailure(
          StageFailure.Type.INVALID_SPEC, "there is no " + name + " to load a model from", e);
    }
  }

  /** The weights of a Hugging Face directory. */
  static WeightSource source(Path folder, ModelConfig config, Head head) throws IOException {
    return new StoredWeights(
        String.valueOf(folder.getFileName()), WEIGHTS.read(folder), Parameter.of(config, head));
  }

  /** The configuration of a checkpoint. */
  static HuggingFaceConfig config(CheckpointReader from, String prefix, Head head)
      throws IOException {
    return HuggingFaceConfig.read(prefix + CONFIG, bytes(from.read(prefix + CONFIG)), head);
  }

  /** The weights of a checkpoint. */
  static WeightSource source(CheckpointReader from, String prefix, ModelConfig config, Head head)
      throws IOException {
    return new StoredWeights(
        prefix + WEIGHTS.single(), WEIGHTS.read(from, prefix), Parameter.of(config, head));
  }

  static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  void save(CheckpointWriter out, String prefix) throws IOException {
    write(WEIGHTS, (name, content) -> out.put(prefix + name, content));
  }

  /** Writes the model's part of a Hugging Face directory. */
  void write(FileSink out) throws IOException {
    write(WEIGHTS, out);
  }

  void write(TensorFiles files, FileSink out) throws IOException {
    files.write(tensors(), out);
    out.put(CONFIG, config.bytes(head));
  }

  /** Names of what {@link #write} writes. */
  Set<String> fileNames() {
    Set<String> names = new TreeSet<>(WEIGHTS.names(tensors()));
    names.add(CONFIG);
    return names;
  }

  Transformer copy() {
    Map<String, NDArray> mine = new LinkedHashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      mine.put(parameters.get(i).name(), weights.get(i));
    }
    return create(
        engine,
        config,
        head,
        (scope, parameter) -> {
          // Without its history: a thread that records gradients would tie the models together.
          NDArray weight = mine.get(parameter.name()).stopGradient();
          weight.attach(scope);
          return new NDList(weight);
        });
  }

  /** What a model writes, in memory. */
  static Map<String, ByteBuffer> files(Writing writing) {
    Map<String, ByteBuffer> files = new TreeMap<>();
    try {
      writing.write(files::put);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  /** Hands files over, one after another. */
  interface Writing {
    void write(FileSink out) throws IOException;
  }

  /** {@code generation_config.json} for a model that has none. */
  ByteBuffer generationConfig() {
    return config.generation();
  }

  Engine engine() {
    return engine;
  }

  ModelConfig config() {
    return config.model();
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

  /** What the programs know about the model. */
  Map<String, Object> constants() {
    ModelConfig model = config.model();
    Shape shape = model.shape();
    Attention attention = model.attention();
    Map<String, Object> constants = new LinkedHashMap<>();
    constants.put("layers", shape.layers());
    constants.put("heads", shape.heads());
    constants.put("kv_heads", shape.kvHeads());
    constants.put("head_dim", shape.headDim());
    constants.put("tied", head == Head.LANGUAGE_MODEL && shape.tiedHead() ? 1 : 0);
    constants.put("bfloat16", engine.bfloat16() ? 1 : 0);
    constants.put("rms_eps", shape.rmsNormEps());
    constants.put("norm_plus_one", model.block().normPlusOne() ? 1 : 0);
    constants.put("gelu_tanh", model.block().activation() == Activation.GELU_TANH ? 1 : 0);
    constants.put("embedding_scale", model.scales().embedding());
    constants.put("logit_cap", head == Head.SCORE ? 0.0 : model.scales().logitCap());
    constants.put("attention_scale", attention.scale());
    constants.put("attention_cap", attention.cap());
    constants.put("window", attention.window());
    constants.put(
        "layer_windowed",
        attention.layers().stream().mapToInt(layer -> layer.windowed() ? 1 : 0).toArray());
    constants.put(
        "layer_positions", attention.layers().stream().mapToInt(Transformer::positions).toArray());
    addRope(constants, "rope", attention.rope());
    // A base of 0 says that no layer has positions of its own.
    addRope(constants, "local", attention.localRope().orElse(new Rope(0, List.of(), 1)));
    new LayerLayout(model).addConstants(constants);
    return constants;
  }

  private static int positions(Layer layer) {
    return switch (layer.positions()) {
      case NONE -> 0;
      case ROPE -> 1;
      case LOCAL_ROPE -> 2;
    };
  }

  private static void addRope(Map<String, Object> constants, String name, Rope rope) {
    constants.put(name + "_theta", rope.theta());
    constants.put(name + "_frequencies", rope.frequencies().stream().mapToDouble(f -> f).toArray());
    constants.put(name + "_factor", rope.factor());
  }

  /** The tensors of the checkpoint, each read off its weight when it is written. */
  private Map<String, StoredTensor> tensors() {
    Map<String, StoredTensor> tensors = new TreeMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      NDArray weight = weights.get(i);
      Parameter parameter = parameters.get(i);
      int at = 0;
      for (Parameter.Part part : parameter.parts()) {
        int from = at;
        at += part.rows();
        int to = at;
        tensors.put(
            part.name(),
            new StoredTensor(
                part.shape(parameter.columns()).getShape(),
                () -> rows(weight, from, to, parameter.rows())));
      }
    }
    return tensors;
  }

  private static FloatBuffer rows(NDArray weight, int from, int to, int all) {
    if (to - from == all) {
      return floats(weight);
    }
    try (NDArray part = weight.get(new NDIndex("{}:{}", from, to))) {
      return floats(part);
    }
  }

  static FloatBuffer floats(NDArray array) {
    return FloatBuffer.wrap(array.toFloatArray());
  }

  @Override
  public void close() {
    manager.close();
  }
}

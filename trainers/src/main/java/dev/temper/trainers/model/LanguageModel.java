package dev.temper.trainers.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.temper.recipes.SamplingSpec;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.model.family.Head;
import dev.temper.trainers.model.family.HuggingFaceConfig;
import dev.temper.trainers.model.family.ModelConfig;
import dev.temper.trainers.random.NamedRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A language model: its weights, and what can be computed with them.
 *
 * <p>Any number of threads may compute log-probabilities and samples, but not while a {@link
 * Learner} updates the weights.
 */
public final class LanguageModel implements AutoCloseable {

  private static final String GENERATION = "generation_config.json";

  private final Transformer transformer;
  private final Optional<byte[]> generation;
  private final Sampler sampler;

  private LanguageModel(Transformer transformer, Optional<byte[]> generation) {
    this.transformer = transformer;
    this.generation = generation;
    this.sampler = new Sampler(transformer);
  }

  /** A new model with normal weights, see {@link Initialization}. */
  public static LanguageModel initialize(
      Engine engine, ModelConfig config, double embeddingInit, NamedRandom random) {
    return new LanguageModel(
        Transformer.create(
            engine,
            HuggingFaceConfig.of(config),
            Head.LANGUAGE_MODEL,
            new Initialization(config, embeddingInit, random)),
        Optional.empty());
  }

  /**
   * Reads a Hugging Face directory of a {@code ...ForCausalLM} of a family that Temper knows.
   *
   * @throws dev.temper.trainers.StageFailure naming what the directory asks for and Temper cannot
   *     do, or the tensor that is missing or of another shape
   */
  public static LanguageModel load(Engine engine, Path folder) throws IOException {
    return load(engine, folder, Optional.empty(), OptionalInt.empty());
  }

  /**
   * The same with a LoRA adapter of PEFT merged into the weights.
   *
   * @param endOfTurn a token that ends completions besides those that the directory names
   * @throws dev.temper.trainers.StageFailure also naming everything that cannot be merged
   */
  public static LanguageModel load(
      Engine engine, Path folder, Optional<Path> adapter, OptionalInt endOfTurn)
      throws IOException {
    HuggingFaceConfig config = Transformer.config(folder, Head.LANGUAGE_MODEL);
    Optional<byte[]> generation =
        Files.exists(folder.resolve(GENERATION))
            ? Optional.of(Files.readAllBytes(folder.resolve(GENERATION)))
            : Optional.empty();
    String name = folder.getFileName() + "/" + GENERATION;
    return of(
        engine,
        config,
        name,
        endOfTurn.isPresent() ? ending(config, name, generation, endOfTurn.getAsInt()) : generation,
        source(folder, config.model(), adapter));
  }

  private static Optional<byte[]> ending(
      HuggingFaceConfig config, String name, Optional<byte[]> generation, int token) {
    HuggingFaceConfig ended =
        generation.map(text -> config.withGeneration(name, text)).orElse(config);
    if (ended.model().tokens().ends().contains(token)) {
      return generation;
    }
    byte[] text = generation.orElseGet(() -> Transformer.bytes(ended.generation()));
    return Optional.of(ended.generationEndingAt(text, token));
  }

  /**
   * Looks at everything but the numbers of a directory and an adapter.
   *
   * @throws dev.temper.trainers.StageFailure as {@link #load(Engine, Path, Optional, OptionalInt)}
   */
  public static void check(Path folder, Optional<Path> adapter) throws IOException {
    source(folder, Transformer.config(folder, Head.LANGUAGE_MODEL).model(), adapter);
  }

  /** How long a sequence the model of a directory can take, by its configuration. */
  public static int positions(Path folder) throws IOException {
    return Transformer.config(folder, Head.LANGUAGE_MODEL).model().maxPositions();
  }

  /** Numbers in the weights of a directory's model, by its configuration; a tied head once. */
  public static long parameters(Path folder) throws IOException {
    ModelConfig config = Transformer.config(folder, Head.LANGUAGE_MODEL).model();
    return Parameter.of(config, Head.LANGUAGE_MODEL).stream()
        .mapToLong(parameter -> parameter.shape().size())
        .sum();
  }

  private static Transformer.WeightSource source(
      Path folder, ModelConfig config, Optional<Path> adapter) throws IOException {
    Transformer.WeightSource base = Transformer.source(folder, config, Head.LANGUAGE_MODEL);
    return adapter.isPresent()
        ? new AdaptedWeights(
            base, PeftAdapter.read(adapter.get(), Parameter.of(config, Head.LANGUAGE_MODEL)))
        : base;
  }

  /** The model as it was saved, bit for bit. */
  public static LanguageModel restore(Engine engine, CheckpointReader from, String prefix)
      throws IOException {
    Optional<byte[]> generation =
        from.paths().contains(prefix + GENERATION)
            ? Optional.of(Transformer.bytes(from.read(prefix + GENERATION)))
            : Optional.empty();
    HuggingFaceConfig config = Transformer.config(from, prefix, Head.LANGUAGE_MODEL);
    return of(
        engine,
        config,
        prefix + GENERATION,
        generation,
        Transformer.source(from, prefix, config.model(), Head.LANGUAGE_MODEL));
  }

  /**
   * @param generation the model's own {@code generation_config.json}, which is kept
   */
  private static LanguageModel of(
      Engine engine,
      HuggingFaceConfig config,
      String name,
      Optional<byte[]> generation,
      Transformer.WeightSource source) {
    HuggingFaceConfig ended =
        generation.map(text -> config.withGeneration(name, text)).orElse(config);
    // What Temper would write anyway is nothing to keep.
    Optional<byte[]> own =
        generation.filter(text -> !Arrays.equals(text, Transformer.bytes(ended.generation())));
    return new LanguageModel(Transformer.create(engine, ended, Head.LANGUAGE_MODEL, source), own);
  }

  Transformer transformer() {
    return transformer;
  }

  public ModelConfig config() {
    return transformer.config();
  }

  /** Writes what {@link #restore} needs under a prefix. */
  public void save(CheckpointWriter out, String prefix) throws IOException {
    transformer.save(out, prefix);
    if (generation.isPresent()) {
      out.put(prefix + GENERATION, ByteBuffer.wrap(generation.get()));
    }
  }

  /** Writes a Hugging Face directory, but for the files of the tokenizer. */
  public void write(FileSink out) throws IOException {
    transformer.write(out);
    out.put(GENERATION, generation.map(ByteBuffer::wrap).orElseGet(transformer::generationConfig));
  }

  /** Names of what {@link #write} writes. */
  public Set<String> fileNames() {
    Set<String> names = transformer.fileNames();
    names.add(GENERATION);
    return names;
  }

  /** What {@link #write} writes, in memory. */
  public Map<String, ByteBuffer> files() {
    return Transformer.files(this::write);
  }

  /** A model of its own with the same weights. */
  public LanguageModel copy() {
    return new LanguageModel(transformer.copy(), generation);
  }

  /**
   * Natural log-probability of each completion token that counts, under {@code softmax(logits /
   * temperature)}, computed in float32; temperature 0 counts as 1. Empty for no sequences.
   *
   * @param chunkSequences sequences computed together; last bits depend on it
   */
  public List<float[]> logProbs(
      List<Sequence> sequences, double temperature, int chunkSequences, Pulse pulse) {
    return Chunks.map(
        transformer.engine().compute(),
        sequences,
        chunkSequences,
        pulse,
        (first, chunk) -> logProbs(chunk, temperature == 0 ? 1 : temperature));
  }

  private List<float[]> logProbs(List<Sequence> chunk, double temperature) {
    try (NDManager scope = transformer.manager().newSubManager()) {
      PackedRows rows = PackedRows.predicting(chunk, 1);
      NDList inputs = rows.inputs(scope);
      NDArray found =
          transformer
              .program()
              .call(
                  scope,
                  "log_probs",
                  false,
                  transformer.weights(),
                  inputs.get(0),
                  inputs.get(1),
                  inputs.get(2),
                  rows.labelled(scope),
                  rows.targets(scope),
                  scope.create(temperature))
              .head();
      return split(found.toFloatArray(), chunk);
    }
  }

  private static List<float[]> split(float[] all, List<Sequence> sequences) {
    List<float[]> parts = new ArrayList<>(sequences.size());
    int from = 0;
    for (Sequence sequence : sequences) {
      int to = from + sequence.trainedTokens();
      parts.add(Arrays.copyOfRange(all, from, to));
      from = to;
    }
    return parts;
  }

  /**
   * Samples one completion for each prompt; a group is the same prompt several times.
   *
   * <p>A token is the first whose cumulative probability exceeds its uniform number, so that what
   * is sampled depends on the sequence and the position, and neither on slots nor on threads.
   *
   * @param prompts token ids, each at least one
   */
  public List<Completion> generate(
      List<int[]> prompts, SamplingSpec sampling, Uniforms uniforms, Pulse pulse) {
    return sampler.generate(prompts, sampling, uniforms, pulse);
  }

  @Override
  public void close() {
    sampler.close();
    transformer.close();
  }
}

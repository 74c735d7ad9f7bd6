package dev.temper.trainers.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.temper.recipes.SamplingSpec;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.model.Parameter.Head;
import dev.temper.trainers.random.NamedRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A Llama-style language model: its weights, and what can be computed with them.
 *
 * <p>Any number of threads may compute log-probabilities and samples, but not while a {@link
 * Learner} updates the weights.
 */
public final class LanguageModel implements AutoCloseable {

  private final Transformer transformer;
  private final Sampler sampler;

  private LanguageModel(Transformer transformer) {
    this.transformer = transformer;
    this.sampler = new Sampler(transformer);
  }

  /** A new model with normal weights, see {@link Initialization}. */
  public static LanguageModel initialize(
      Engine engine, LlamaConfig config, double embeddingInit, NamedRandom random) {
    Initialization initial = new Initialization(config, embeddingInit, random);
    return new LanguageModel(
        Transformer.create(engine, config, Head.LANGUAGE_MODEL, initial::values));
  }

  /**
   * Reads a Hugging Face directory of {@code LlamaForCausalLM}.
   *
   * @throws dev.temper.trainers.StageFailure naming what the directory asks for and Temper cannot
   *     do, or the tensor that is missing or of another shape
   */
  public static LanguageModel load(Engine engine, Path folder) throws IOException {
    return new LanguageModel(Transformer.load(engine, folder, Head.LANGUAGE_MODEL));
  }

  /** The model as it was saved, bit for bit. */
  public static LanguageModel restore(Engine engine, CheckpointReader from, String prefix)
      throws IOException {
    return new LanguageModel(Transformer.restore(engine, from, prefix, Head.LANGUAGE_MODEL));
  }

  Transformer transformer() {
    return transformer;
  }

  public LlamaConfig config() {
    return transformer.config();
  }

  /** Writes {@code model.safetensors} and {@code config.json} under a prefix. */
  public void save(CheckpointWriter out, String prefix) throws IOException {
    transformer.save(out, prefix);
  }

  /** The model's files in a Hugging Face directory, by name; those of the tokenizer are missing. */
  public Map<String, ByteBuffer> files() {
    Map<String, ByteBuffer> files = transformer.files();
    files.put("generation_config.json", HuggingFaceConfig.writeGeneration(config()));
    return files;
  }

  /** A model of its own with the same weights. */
  public LanguageModel copy() {
    return new LanguageModel(transformer.copy());
  }

  /**
   * Natural log-probability of each completion token that counts, under {@code softmax(logits / temperature)},
   * computed in float32; temperature 0 counts as 1. Empty for no sequences.
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

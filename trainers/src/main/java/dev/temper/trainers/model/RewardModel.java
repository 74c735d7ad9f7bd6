package dev.temper.trainers.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.model.family.Head;
import dev.temper.trainers.model.family.HuggingFaceConfig;
import dev.temper.trainers.model.family.ModelConfig;
import dev.temper.trainers.random.NamedRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A language model's body with one score per sequence, read off its last true token: {@code score =
 * head . norm(hidden state)}, without bias.
 */
public final class RewardModel implements AutoCloseable {

  private final Transformer transformer;

  private RewardModel(Transformer transformer) {
    this.transformer = transformer;
  }

  /**
   * The body of a policy under a new head of standard deviation {@code 1 / sqrt(hidden size + 1)}.
   */
  public static RewardModel fromPolicy(Engine engine, Path policyFolder, NamedRandom head)
      throws IOException {
    HuggingFaceConfig config =
        Transformer.config(policyFolder, Head.LANGUAGE_MODEL)
            .requireHead(policyFolder.getFileName() + "/config.json", Head.SCORE);
    Transformer.WeightSource body =
        Transformer.source(policyFolder, config.model(), Head.LANGUAGE_MODEL);
    int width = config.model().hiddenSize();
    return new RewardModel(
        Transformer.create(
            engine,
            config,
            Head.SCORE,
            (scope, parameter) -> {
              if (!parameter.name().equals(Parameter.SCORE)) {
                return body.pieces(scope, parameter);
              }
              FloatBuffer values = FloatBuffer.allocate(width);
              Initialization.fill(values, head, Parameter.SCORE, width, 1 / Math.sqrt(width + 1.0));
              return new NDList(scope.create(values.flip(), parameter.shape()));
            }));
  }

  /**
   * Reads a Hugging Face directory of a {@code ...ForSequenceClassification} with one label.
   *
   * @throws dev.temper.trainers.StageFailure naming what the directory asks for and Temper cannot
   *     do, or the tensor that is missing or of another shape
   */
  public static RewardModel load(Engine engine, Path folder) throws IOException {
    HuggingFaceConfig config = Transformer.config(folder, Head.SCORE);
    return new RewardModel(
        Transformer.create(
            engine, config, Head.SCORE, Transformer.source(folder, config.model(), Head.SCORE)));
  }

  /** The model as it was saved, bit for bit. */
  public static RewardModel restore(Engine engine, CheckpointReader from, String prefix)
      throws IOException {
    HuggingFaceConfig config = Transformer.config(from, prefix, Head.SCORE);
    return new RewardModel(
        Transformer.create(
            engine,
            config,
            Head.SCORE,
            Transformer.source(from, prefix, config.model(), Head.SCORE)));
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
  }

  /** Writes a Hugging Face directory, but for the files of the tokenizer. */
  public void write(FileSink out) throws IOException {
    transformer.write(out);
  }

  /** What {@link #write} writes, in memory. */
  public Map<String, ByteBuffer> files() {
    return Transformer.files(this::write);
  }

  /**
   * Raw scores of prompt and completion together. Empty for no sequences.
   *
   * @param chunkSequences sequences computed together; last bits depend on it
   */
  public float[] scores(List<Sequence> sequences, int chunkSequences, Pulse pulse) {
    List<Float> all =
        Chunks.map(
            transformer.engine().compute(),
            sequences,
            chunkSequences,
            pulse,
            (first, chunk) -> scores(chunk));
    float[] scores = new float[all.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = all.get(i);
    }
    return scores;
  }

  private List<Float> scores(List<Sequence> chunk) {
    try (NDManager scope = transformer.manager().newSubManager()) {
      PackedRows rows = PackedRows.whole(chunk, 1);
      NDList inputs = rows.inputs(scope);
      NDArray found =
          transformer
              .program()
              .call(
                  scope,
                  "scores",
                  false,
                  transformer.weights(),
                  inputs.get(0),
                  inputs.get(1),
                  inputs.get(2),
                  rows.last(scope))
              .head();
      List<Float> scores = new ArrayList<>(chunk.size());
      for (float score : found.toFloatArray()) {
        scores.add(score);
      }
      return scores;
    }
  }

  @Override
  public void close() {
    transformer.close();
  }
}

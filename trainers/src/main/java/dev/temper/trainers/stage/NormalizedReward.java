package dev.temper.trainers.stage;

import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.model.RewardModel;
import dev.temper.trainers.model.Sequence;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A reward model whose scores are z-scores: {@code (raw - mean) / std}, with mean and standard
 * deviation over the completions that the model was normalized on.
 */
final class NormalizedReward implements AutoCloseable {

  private final RewardModel model;
  private final Normalization normalization;

  NormalizedReward(RewardModel model, Normalization normalization) {
    this.model = model;
    this.normalization = normalization;
  }

  /** Loads a reward-model stage's folder. */
  static NormalizedReward load(Engine engine, Path folder) throws IOException {
    Path file = folder.resolve(Normalization.FILE);
    if (!Files.exists(file)) {
      throw new StageFailure(
          StageFailure.Type.ARTIFACT_CORRUPT,
          "the reward model has no %s: its scores have no scale".formatted(Normalization.FILE));
    }
    Normalization normalization =
        JsonLines.object(ByteBuffer.wrap(Files.readAllBytes(file)), Normalization.class);
    return new NormalizedReward(RewardModel.load(engine, folder), normalization);
  }

  Normalization normalization() {
    return normalization;
  }

  /** A z-score per sequence, in order. */
  double[] scores(List<Sequence> sequences, int chunkSequences, Pulse pulse) {
    float[] raw = model.scores(sequences, chunkSequences, pulse);
    double[] scores = new double[raw.length];
    for (int i = 0; i < raw.length; i++) {
      scores[i] = normalization.normalize(raw[i]);
    }
    return scores;
  }

  @Override
  public void close() {
    model.close();
  }

  /**
   * The scale of a reward model's scores: {@code reward.json}.
   *
   * @param std sample standard deviation
   * @param normalizedOn which pairs ({@code test} or {@code train}) and how many completions
   */
  record Normalization(double mean, double std, Map<String, Object> normalizedOn) {
    static final String FILE = "reward.json";

    Normalization {
      normalizedOn = Collections.unmodifiableMap(new TreeMap<>(normalizedOn));
    }

    /**
     * The scale of given raw scores.
     *
     * @param pairs which pairs' completions they are of
     * @throws StageFailure TRAINING_DIVERGED if all scores are equal
     */
    static Normalization of(float[] scores, String pairs) {
      double sum = 0;
      for (float score : scores) {
        sum += score;
      }
      double mean = sum / scores.length;
      double squares = 0;
      for (float score : scores) {
        squares += (score - mean) * (score - mean);
      }
      double std = Math.sqrt(squares / Math.max(1, scores.length - 1));
      if (!(std > 0)) {
        throw new StageFailure(
            StageFailure.Type.TRAINING_DIVERGED,
            "the reward model gives all %d completions the score %s"
                .formatted(scores.length, mean));
      }
      return new Normalization(mean, std, Map.of("pairs", pairs, "completions", scores.length));
    }

    double normalize(double raw) {
      return (raw - mean) / std;
    }
  }
}

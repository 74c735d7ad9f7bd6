package dev.temper.trainers.stage;

import dev.temper.recipes.Input;
import dev.temper.recipes.Method;
import dev.temper.trainers.Inputs;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.data.Verifier;
import dev.temper.trainers.data.Verifiers;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a completion is worth: the normalized score of a reward model plus weighted verifiable
 * rewards, every part kept apart.
 */
final class Reward implements AutoCloseable {
  private final Optional<NormalizedReward> model;
  private final List<Verifier> verifiers;
  private final int chunkSequences;

  private Reward(Optional<NormalizedReward> model, List<Verifier> verifiers, int chunkSequences) {
    this.model = model;
    this.verifiers = verifiers;
    this.chunkSequences = chunkSequences;
  }

  /**
   * @param tokenizer of the policy; the reward model must have the same
   */
  static Reward open(
      Engine engine,
      Inputs inputs,
      Tokenizer tokenizer,
      Optional<Input> model,
      List<Method> verifiers,
      int chunkSequences)
      throws IOException {
    List<Verifier> created = verifiers.stream().map(Verifiers::create).toList();
    if (model.isEmpty()) {
      return new Reward(Optional.empty(), created, chunkSequences);
    }
    Path folder = inputs.folder(model.get());
    SameTokens.require(tokenizer, folder, "reward model");
    // Last, since nothing can fail after it.
    NormalizedReward scorer = NormalizedReward.load(engine, folder);
    return new Reward(Optional.of(scorer), created, chunkSequences);
  }

  /**
   * Scores of answers.
   *
   * @param total weighted sum of the parts, by answer
   * @param parts unweighted, by name: {@code model}, and each verifier's
   */
  record Scores(double[] total, SortedMap<String, double[]> parts) {}

  Scores score(List<Answer> answers, Pulse pulse) {
    double[] total = new double[answers.size()];
    SortedMap<String, double[]> parts = new TreeMap<>();
    if (model.isPresent()) {
      double[] scores = model.get().scores(Answer.sequences(answers), chunkSequences, pulse);
      parts.put("model", scores);
      add(total, 1, scores);
    }
    for (Verifier verifier : verifiers) {
      double[] scores =
          answers.stream().mapToDouble(answer -> answer.score(verifier::score)).toArray();
      parts.put(verifier.name(), scores);
      add(total, verifier.weight(), scores);
    }
    return new Scores(total, parts);
  }

  private static void add(double[] total, double weight, double[] scores) {
    for (int i = 0; i < total.length; i++) {
      total[i] += weight * scores[i];
    }
  }

  @Override
  public void close() {
    model.ifPresent(NormalizedReward::close);
  }
}

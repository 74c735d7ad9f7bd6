package dev.temper.trainers.stage;

import dev.temper.recipes.Input;
import dev.temper.recipes.Method;
import dev.temper.trainers.Inputs;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.data.GoldScorer;
import dev.temper.trainers.data.Golds;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The three that an over-optimization curve is about: the proxy that is optimized, a reward model
 * that is not, and gold.
 */
final class Judges implements AutoCloseable {
  private final NormalizedReward proxy;
  private final Optional<NormalizedReward> heldout;
  private final GoldScorer gold;
  private final int chunkSequences;

  private Judges(
      NormalizedReward proxy,
      Optional<NormalizedReward> heldout,
      GoldScorer gold,
      int chunkSequences) {
    this.proxy = proxy;
    this.heldout = heldout;
    this.gold = gold;
    this.chunkSequences = chunkSequences;
  }

  /**
   * @param tokenizer of the judged policy; the reward models must have the same
   */
  static Judges open(
      Engine engine,
      Inputs inputs,
      Tokenizer tokenizer,
      Input proxy,
      Optional<Input> heldout,
      Method gold,
      int chunkSequences)
      throws IOException {
    Path proxyFolder = inputs.folder(proxy);
    SameTokens.require(tokenizer, proxyFolder, "proxy");
    return Opened.all(
        opened -> {
          Optional<NormalizedReward> other = Optional.empty();
          if (heldout.isPresent()) {
            Path folder = inputs.folder(heldout.get());
            SameTokens.require(tokenizer, folder, "held-out reward model");
            other =
                Optional.of(
                    opened.keep(NormalizedReward.load(engine, folder), NormalizedReward::close));
          }
          return new Judges(
              opened.keep(NormalizedReward.load(engine, proxyFolder), NormalizedReward::close),
              other,
              Golds.create(gold),
              chunkSequences);
        });
  }

  /**
   * Scores by answer.
   *
   * @param proxy normalized
   * @param heldout normalized
   * @param gold raw
   */
  record Verdict(double[] proxy, Optional<double[]> heldout, double[] gold) {}

  Verdict judge(List<Answer> answers, Pulse pulse) {
    List<Sequence> sequences = Answer.sequences(answers);
    return new Verdict(
        proxy.scores(sequences, chunkSequences, pulse),
        heldout.map(model -> model.scores(sequences, chunkSequences, pulse)),
        answers.stream().mapToDouble(answer -> answer.score(gold::score)).toArray());
  }

  @Override
  public void close() {
    proxy.close();
    heldout.ifPresent(NormalizedReward::close);
  }
}

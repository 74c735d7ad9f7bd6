package dev.temper.trainers.stage;

import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.model.LanguageModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a frozen model says about training and test pairs: computed some pairs per step, kept in
 * checkpoints, and never computed again, so that the model can be closed.
 */
final class ReferenceLogProbs {

  private static final String FILE = "reference.bin";

  private final List<List<PairRow>> steps;
  private final int training;
  private final int pairsAtOnce;
  private final double[] chosen;
  private final double[] rejected;
  private int known;

  private ReferenceLogProbs(
      List<List<PairRow>> steps, int training, int pairsAtOnce, int pairs, int known) {
    this.steps = steps;
    this.training = training;
    this.pairsAtOnce = pairsAtOnce;
    this.chosen = new double[pairs];
    this.rejected = new double[pairs];
    this.known = known;
  }

  /**
   * @param pairsAtOnce that one thread computes together
   * @param pairsPerStep at least so many per step, and a multiple of {@code pairsAtOnce}: no piece
   *     is cut in two, so that the same weights give the same bits when the test pairs are measured
   */
  static ReferenceLogProbs of(ComparedPairs pairs, int pairsAtOnce, int pairsPerStep) {
    int size = (pairsPerStep + pairsAtOnce - 1) / pairsAtOnce * pairsAtOnce;
    List<List<PairRow>> steps = new ArrayList<>(Batches.cut(pairs.training(), size));
    steps.addAll(Batches.cut(pairs.test(), size));
    return new ReferenceLogProbs(
        steps,
        pairs.training().size(),
        pairsAtOnce,
        pairs.training().size() + pairs.test().size(),
        0);
  }

  long steps() {
    return steps.size();
  }

  /** The pairs of one step. */
  List<PairRow> pairs(long step) {
    return steps.get(Math.toIntExact(step));
  }

  /**
   * Computes those of one step; returns how many pairs are known by then.
   *
   * @throws StageFailure TRAINING_DIVERGED if one is not finite
   */
  int advance(long step, LanguageModel model, Pulse pulse) {
    List<PairRow> pairs = pairs(step);
    PairLogProbs found = PairLogProbs.of(model, pairs, pairsAtOnce, pulse);
    for (int i = 0; i < pairs.size(); i++) {
      if (!Double.isFinite(found.chosen()[i]) || !Double.isFinite(found.rejected()[i])) {
        throw new StageFailure(
            StageFailure.Type.TRAINING_DIVERGED,
            "the reference gives the completions of '%s' the log-probabilities %s and %s, which must be finite"
                .formatted(pairs.get(i).prompt(), found.chosen()[i], found.rejected()[i]));
      }
    }
    System.arraycopy(found.chosen(), 0, chosen, known, pairs.size());
    System.arraycopy(found.rejected(), 0, rejected, known, pairs.size());
    known += pairs.size();
    return known;
  }

  /** Of some training pairs, by their indices; all are known after the last step. */
  PairLogProbs training(List<Integer> indices) {
    return new PairLogProbs(chosen, rejected).at(indices);
  }

  /** Of all test pairs. */
  PairLogProbs test() {
    return new PairLogProbs(
        Arrays.copyOfRange(chosen, training, chosen.length),
        Arrays.copyOfRange(rejected, training, rejected.length));
  }

  void save(CheckpointWriter out) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(2 * Double.BYTES, known))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < known; i++) {
      bytes.putDouble(chosen[i]).putDouble(rejected[i]);
    }
    out.put(FILE, bytes.flip());
  }

  void restore(CheckpointReader from) throws IOException {
    ByteBuffer bytes = from.read(FILE).order(ByteOrder.LITTLE_ENDIAN);
    for (known = 0; bytes.hasRemaining(); known++) {
      chosen[known] = bytes.getDouble();
      rejected[known] = bytes.getDouble();
    }
  }
}

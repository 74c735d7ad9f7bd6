package dev.temper.trainers.stage;

import dev.temper.trainers.Pulse;
import dev.temper.trainers.model.LanguageModel;
import dev.temper.trainers.model.Sequence;
import java.util.ArrayList;
import java.util.List;

/**
 * Log-probabilities of the completions of pairs under one model, in nats, summed over their tokens
 * in double precision.
 *
 * @param chosen one for each pair
 * @param rejected one for each pair
 */
record PairLogProbs(double[] chosen, double[] rejected) {

  /**
   * Of all pairs, in order.
   *
   * @param pairsAtOnce computed together on one thread; the last bits depend on which they are
   */
  static PairLogProbs of(LanguageModel model, List<PairRow> pairs, int pairsAtOnce, Pulse pulse) {
    List<Sequence> sequences = new ArrayList<>(2 * pairs.size());
    for (PairRow pair : pairs) {
      sequences.add(pair.chosenSequence());
      sequences.add(pair.rejectedSequence());
    }
    List<float[]> logProbs = model.logProbs(sequences, 1, 2 * pairsAtOnce, pulse);
    double[] chosen = new double[pairs.size()];
    double[] rejected = new double[pairs.size()];
    for (int i = 0; i < pairs.size(); i++) {
      chosen[i] = sum(logProbs.get(2 * i));
      rejected[i] = sum(logProbs.get(2 * i + 1));
    }
    return new PairLogProbs(chosen, rejected);
  }

  private static double sum(float[] logProbs) {
    double sum = 0;
    for (float logProb : logProbs) {
      sum += logProb;
    }
    return sum;
  }

  /** Those of some pairs, by their indices. */
  PairLogProbs at(List<Integer> indices) {
    return new PairLogProbs(
        indices.stream().mapToDouble(i -> chosen[i]).toArray(),
        indices.stream().mapToDouble(i -> rejected[i]).toArray());
  }
}

package dev.temper.trainers.loss;

import static dev.temper.trainers.numerics.Differentiation.array;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** A batch of tokens as plain arrays. */
record Tokens(
    int[] lengths, double[][] logp, double[][] oldLogp, double[][] refLogp, double[][] advantage) {

  static Tokens random(long seed, int columns, int... lengths) {
    Random random = new Random(seed);
    double[][] logp = new double[lengths.length][columns];
    double[][] oldLogp = new double[lengths.length][columns];
    double[][] refLogp = new double[lengths.length][columns];
    double[][] advantage = new double[lengths.length][columns];
    for (int b = 0; b < lengths.length; b++) {
      double ofSequence = random.nextGaussian();
      for (int t = 0; t < lengths[b]; t++) {
        logp[b][t] = -1 - 2 * random.nextDouble();
        oldLogp[b][t] = logp[b][t] + 0.4 * random.nextGaussian();
        refLogp[b][t] = logp[b][t] + 0.7 * random.nextGaussian();
        advantage[b][t] = ofSequence;
      }
    }
    return new Tokens(lengths, logp, oldLogp, refLogp, advantage);
  }

  int columns() {
    return logp.length == 0 ? 0 : logp[0].length;
  }

  /** The same rows with {@code garbage} wherever there is no token. */
  Tokens padded(double garbage) {
    return new Tokens(
        lengths,
        padded(logp, garbage),
        padded(oldLogp, -garbage),
        padded(refLogp, garbage),
        padded(advantage, garbage));
  }

  private double[][] padded(double[][] values, double garbage) {
    double[][] copy = new double[values.length][];
    for (int b = 0; b < values.length; b++) {
      copy[b] = values[b].clone();
      Arrays.fill(copy[b], lengths[b], copy[b].length, garbage);
    }
    return copy;
  }

  Tokens rows(int from, int to) {
    return new Tokens(
        Arrays.copyOfRange(lengths, from, to),
        Arrays.copyOfRange(logp, from, to),
        Arrays.copyOfRange(oldLogp, from, to),
        Arrays.copyOfRange(refLogp, from, to),
        Arrays.copyOfRange(advantage, from, to));
  }

  double[] flatLogp() {
    return Arrays.stream(logp).flatMapToDouble(Arrays::stream).toArray();
  }

  Tokens withLogp(double[] flat) {
    double[][] rows = new double[logp.length][];
    for (int b = 0; b < rows.length; b++) {
      rows[b] = Arrays.copyOfRange(flat, b * columns(), (b + 1) * columns());
    }
    return new Tokens(lengths, rows, oldLogp, refLogp, advantage);
  }

  int tokens() {
    return IntStream.of(lengths).sum();
  }

  /** As a micro-batch of a batch that is weighted by {@code weights} and has {@code tokens}. */
  TokenBatch batch(NDManager manager, NDArray logp, double[] weights, int tokens, double garbage) {
    double[][] mask = new double[lengths.length][columns()];
    double[][] weight = new double[lengths.length][columns()];
    double[][] tokenWeight = new double[lengths.length][columns()];
    for (int b = 0; b < lengths.length; b++) {
      Arrays.fill(mask[b], 0, lengths[b], 1);
      Arrays.fill(weight[b], garbage);
      Arrays.fill(weight[b], 0, lengths[b], weights[b]);
      Arrays.fill(tokenWeight[b], garbage);
      Arrays.fill(tokenWeight[b], 0, lengths[b], tokens == 0 ? 0 : 1.0 / tokens);
    }
    return new TokenBatch(
        logp,
        array(manager, oldLogp),
        Optional.of(array(manager, refLogp)),
        array(manager, advantage),
        array(manager, mask),
        array(manager, weight),
        array(manager, tokenWeight));
  }

  TokenBatch batch(NDManager manager, Aggregation aggregation) {
    return batch(manager, array(manager, logp), aggregation.weights(lengths), tokens(), 0);
  }
}

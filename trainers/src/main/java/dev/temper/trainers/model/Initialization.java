package dev.temper.trainers.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.temper.trainers.model.family.ModelConfig;
import dev.temper.trainers.random.NamedRandom;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Normal initial weights, each a function of the tensor's name and its index in the tensor.
 *
 * <p>Standard deviations: embeddings as given; matrices {@code 1 / sqrt(fan in)}; those that write
 * to the residual stream (attention output, feed-forward down) {@code 0.02 / sqrt(2 * layers)};
 * norms are 1.
 */
final class Initialization implements Transformer.WeightSource {

  private final ModelConfig config;
  private final double embeddingDeviation;
  private final NamedRandom random;

  Initialization(ModelConfig config, double embeddingDeviation, NamedRandom random) {
    this.config = config;
    this.embeddingDeviation = embeddingDeviation;
    this.random = random;
  }

  @Override
  public NDList pieces(NDManager scope, Parameter parameter) {
    return new NDList(scope.create(values(parameter), parameter.shape()));
  }

  private FloatBuffer values(Parameter parameter) {
    FloatBuffer values = FloatBuffer.allocate((int) parameter.shape().size());
    for (Parameter.Part part : parameter.parts()) {
      int size = (int) part.shape(parameter.columns()).size();
      if (parameter.matrix()) {
        fill(values, random, part.name(), size, deviation(part.name(), parameter.columns()));
      } else {
        for (int i = 0; i < size; i++) {
          values.put(1);
        }
      }
    }
    return values.flip();
  }

  private double deviation(String name, int fanIn) {
    if (name.endsWith("embed_tokens.weight")) {
      return embeddingDeviation;
    }
    boolean residual = name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight");
    return residual ? 0.02 / Math.sqrt(2.0 * config.shape().layers()) : 1 / Math.sqrt(fanIn);
  }

  /** Appends normal numbers that are named by a tensor and their index. */
  static void fill(
      FloatBuffer values, NamedRandom random, String name, int count, double deviation) {
    long subject = hash(name);
    for (int i = 0; i < count; i++) {
      values.put((float) (deviation * random.gaussian(i, subject, 0, 0)));
    }
  }

  /** The subject of a tensor's random numbers. */
  static long hash(String name) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return ByteBuffer.wrap(digest.digest(name.getBytes(StandardCharsets.UTF_8))).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

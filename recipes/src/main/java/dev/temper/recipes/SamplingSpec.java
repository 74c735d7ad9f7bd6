package dev.temper.recipes;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;

/**
 * How completions are sampled.
 *
 * <p>The filters come after the temperature and in the order of the components, each over what the
 * one before it left. They choose what is sampled and change no log-probability.
 *
 * @param temperature 0 for greedy
 * @param maxCompletionTokens per completion, end token included
 * @param chunkSequences sequences that one thread generates together; part of the key, since the
 *     last bit of a matrix product depends on its shape
 * @param slots sequences of a chunk that are decoded at the same time; a finished one's place is
 *     refilled
 * @param topK only the likeliest tokens, this many; 0 for all
 * @param topP only the likeliest tokens, as few as have this probability together; 1 for all
 * @param minP only tokens with at least this share of the likeliest one's probability; 0 for all
 * @param server who samples; empty for the policy in this process
 */
public record SamplingSpec(
    double temperature,
    int maxCompletionTokens,
    int chunkSequences,
    int slots,
    int topK,
    double topP,
    double minP,
    Optional<ServerSpec> server) {

  /** Samples from all tokens, in this process. */
  public SamplingSpec(double temperature, int maxCompletionTokens, int chunkSequences, int slots) {
    this(temperature, maxCompletionTokens, chunkSequences, slots, 0, 1, 0, Optional.empty());
  }

  /** Specs of earlier versions, in histories, have no filters and no server. */
  @JsonCreator
  static SamplingSpec read(
      @JsonProperty("temperature") double temperature,
      @JsonProperty("maxCompletionTokens") int maxCompletionTokens,
      @JsonProperty("chunkSequences") int chunkSequences,
      @JsonProperty("slots") int slots,
      @JsonProperty("topK") Optional<Integer> topK,
      @JsonProperty("topP") Optional<Double> topP,
      @JsonProperty("minP") Optional<Double> minP,
      @JsonProperty("server") Optional<ServerSpec> server) {
    return new SamplingSpec(
        temperature,
        maxCompletionTokens,
        chunkSequences,
        slots,
        topK.orElse(0),
        topP.orElse(1.0),
        minP.orElse(0.0),
        server);
  }

  /** Whether some tokens are never sampled. */
  public boolean filters() {
    return topK > 0 || topP < 1 || minP > 0;
  }
}

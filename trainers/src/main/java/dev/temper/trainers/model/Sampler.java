package dev.temper.trainers.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.recipes.SamplingSpec;
import dev.temper.trainers.Pulse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/** Generates completions, a chunk of sequences on each thread. */
final class Sampler implements AutoCloseable {

  /** A native call cannot be interrupted, so that it decodes no more than this. */
  private static final int STEPS_PER_CALL = 16;

  // Indices into the state of generation.py.
  private static final int QUEUE = 0;
  private static final int COUNTS = 5;
  private static final int TOKENS = 6;
  private static final int LOG_PROBS = 7;

  private final Transformer transformer;
  private final NDManager manager;
  private Program program;
  private NDManager foldedManager;
  private NDList folded;
  private long foldedVersion;

  Sampler(Transformer transformer) {
    this.transformer = transformer;
    this.manager = transformer.manager().newSubManager();
  }

  List<Completion> generate(
      List<int[]> prompts, SamplingSpec sampling, Uniforms uniforms, Pulse pulse) {
    NDList weights = folded();
    return Chunks.map(
        transformer.engine().compute(),
        prompts,
        sampling.chunkSequences(),
        pulse,
        (first, chunk) -> new Chunk(weights, chunk, sampling, first, uniforms).generate());
  }

  /** Weights prepared for decoding: made anew when the model has changed. */
  private synchronized NDList folded() {
    long version = transformer.version();
    if (folded == null || foldedVersion != version) {
      if (program == null) {
        program = Program.load(manager, "generation.py", "Generation", transformer.constants());
      }
      if (folded != null) {
        folded = null;
        foldedManager.close();
      }
      foldedManager = manager.newSubManager();
      folded = program.call(foldedManager, "fold", false, transformer.weights());
      foldedVersion = version;
    }
    return folded;
  }

  /** Sequences that one thread generates. */
  private final class Chunk {
    private final NDList weights;
    private final List<int[]> prompts;
    private final SamplingSpec sampling;
    private final int first;
    private final Uniforms uniforms;

    Chunk(
        NDList weights, List<int[]> prompts, SamplingSpec sampling, int first, Uniforms uniforms) {
      this.weights = weights;
      this.prompts = prompts;
      this.sampling = sampling;
      this.first = first;
      this.uniforms = uniforms;
    }

    List<Completion> generate() {
      try (NDManager scope = manager.newSubManager()) {
        NDArray numbers = uniforms(scope);
        NDArray settings = scope.create(settings());
        NDManager owner = scope.newSubManager();
        NDList state = start(owner);
        while (state.get(QUEUE).toLongArray()[1] > 0) {
          Chunks.stopIfInterrupted();
          NDManager next = scope.newSubManager();
          state = program.call(next, "decode", false, weights, state, numbers, settings);
          owner.close();
          owner = next;
        }
        return completions(state);
      }
    }

    private double[] settings() {
      List<Integer> ends = transformer.config().tokens().ends();
      return DoubleStream.concat(
              DoubleStream.of(
                  sampling.temperature(),
                  STEPS_PER_CALL,
                  sampling.topK(),
                  sampling.topP(),
                  sampling.minP()),
              ends.stream().mapToDouble(Integer::doubleValue))
          .toArray();
    }

    private NDList start(NDManager scope) {
      int rows = prompts.size() + 1;
      int slots = Math.min(sampling.slots(), prompts.size());
      int longest = prompts.stream().mapToInt(p -> p.length).max().orElse(1);
      int cache = longest + sampling.maxCompletionTokens();
      long[] tokens = new long[rows * cache];
      long[] lengths = new long[rows];
      Arrays.fill(lengths, 1);
      int read = 0;
      for (int i = 0; i < prompts.size(); i++) {
        int[] prompt = prompts.get(i);
        if (prompt.length == 0) {
          throw new IllegalArgumentException("a prompt needs at least one token");
        }
        for (int t = 0; t < prompt.length; t++) {
          tokens[i * cache + t] = prompt[t];
        }
        lengths[i] = prompt.length;
        read = i < slots ? Math.max(read, prompt.length - 1) : read;
      }
      return program.call(
          scope,
          "start",
          false,
          weights,
          scope.create(tokens, new Shape(rows, cache)),
          scope.create(lengths),
          scope.create(new long[] {slots, read, sampling.maxCompletionTokens()}));
    }

    private NDArray uniforms(NDManager scope) {
      int positions = sampling.maxCompletionTokens();
      float[] numbers = new float[(prompts.size() + 1) * positions];
      for (int i = 0; sampling.temperature() > 0 && i < prompts.size(); i++) {
        for (int t = 0; t < positions; t++) {
          numbers[i * positions + t] = uniforms.at(first + i, t);
        }
      }
      return scope.create(numbers, new Shape(prompts.size() + 1, positions));
    }

    private List<Completion> completions(NDList state) {
      long[] counts = state.get(COUNTS).toLongArray();
      long[] tokens = state.get(TOKENS).toLongArray();
      float[] logProbs = state.get(LOG_PROBS).toFloatArray();
      int cache = (int) state.get(TOKENS).getShape().get(1);
      List<Completion> completions = new ArrayList<>(prompts.size());
      for (int i = 0; i < prompts.size(); i++) {
        int count = (int) counts[i];
        int from = i * cache + prompts.get(i).length;
        int[] ids = Arrays.stream(tokens, from, from + count).mapToInt(Math::toIntExact).toArray();
        int at = i * sampling.maxCompletionTokens();
        float[] found = Arrays.copyOfRange(logProbs, at, at + count);
        boolean ended = transformer.config().tokens().ends().contains(ids[count - 1]);
        completions.add(new Completion(ids, found, ended));
      }
      return completions;
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}

package dev.temper.trainers.model;

import dev.temper.trainers.Compute;
import dev.temper.trainers.Pulse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;

/**
 * Cuts a list into pieces of a fixed size, so that bits never depend on how many threads there are.
 */
final class Chunks {

  private Chunks() {}

  /** Computes one chunk. */
  @FunctionalInterface
  interface Chunk<A, B> {

    /**
     * @param first index of the chunk's first item
     */
    List<B> compute(int first, List<A> items);
  }

  /** Results of all items, in order. */
  static <A, B> List<B> map(
      Compute compute, List<A> items, int size, Pulse pulse, Chunk<A, B> chunk) {
    if (size < 1) {
      throw new IllegalArgumentException("chunkSequences must be >= 1, got " + size);
    }
    List<Callable<List<B>>> pieces = new ArrayList<>();
    for (int from = 0; from < items.size(); from += size) {
      int first = from;
      List<A> part = items.subList(from, Math.min(from + size, items.size()));
      pieces.add(() -> chunk.compute(first, part));
    }
    List<B> all = new ArrayList<>(items.size());
    compute.all(pieces, pulse).forEach(all::addAll);
    return all;
  }

  /** Ends a piece early when the threads are being closed: a native call cannot be interrupted. */
  static void stopIfInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("compute threads are closed");
    }
  }
}

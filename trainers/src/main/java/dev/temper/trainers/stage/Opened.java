package dev.temper.trainers.stage;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * What a task has opened, to be closed in reverse order: models live outside the heap, where no
 * garbage collector feels their weight.
 */
final class Opened implements AutoCloseable {

  private final Deque<Runnable> closing = new ArrayDeque<>();

  private Opened() {}

  /** Makes something of several parts that are opened one by one. */
  interface Opening<T> {
    T open(Opened opened) throws IOException;
  }

  /** Opens all or nothing: if it fails halfway, what was kept by then is closed. */
  static <T> T all(Opening<T> opening) throws IOException {
    Opened opened = new Opened();
    try {
      return opening.open(opened);
    } catch (IOException | RuntimeException | Error e) {
      try {
        opened.close();
      } catch (RuntimeException f) {
        e.addSuppressed(f); // the first failure matters more
      }
      throw e;
    }
  }

  <T> T keep(T resource, Consumer<? super T> close) {
    closing.push(() -> close.accept(resource));
    return resource;
  }

  @Override
  public void close() {
    while (!closing.isEmpty()) {
      closing.pop().run();
    }
  }
}

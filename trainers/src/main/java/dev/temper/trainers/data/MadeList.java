package dev.temper.trainers.data;

import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.function.IntFunction;

/** A list whose items are made each time they are asked for. */
public final class MadeList<T> extends AbstractList<T> implements RandomAccess {

  private final int size;
  private final IntFunction<T> item;

  public MadeList(int size, IntFunction<T> item) {
    this.size = size;
    this.item = item;
  }

  @Override
  public T get(int index) {
    return item.apply(Objects.checkIndex(index, size));
  }

  @Override
  public int size() {
    return size;
  }
}

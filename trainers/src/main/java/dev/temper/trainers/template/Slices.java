package dev.temper.trainers.template;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Python's {@code value[start:stop:step]}. */
final class Slices {

  private Slices() {}

  static Object of(Object target, Object start, Object stop, Object step, Frame frame) {
    if (target instanceof Undefined undefined) {
      throw undefined.error();
    }
    if (!(target instanceof String || target instanceof List || target instanceof Tuple)) {
      return Undefined.attribute(target, "slice");
    }
    long by = step == None.NONE ? 1 : whole(step);
    if (by == 0) {
      throw TemplateException.value("a slice step must not be zero");
    }
    if (target instanceof String text) {
      frame.budget().allocate(text.length());
      int[] points = text.codePoints().toArray();
      StringBuilder taken = new StringBuilder();
      positions(points.length, start, stop, by).forEach(i -> taken.appendCodePoint(points[i]));
      return taken.toString();
    }
    List<Object> items = Items.of(target, frame);
    List<Object> taken =
        positions(items.size(), start, stop, by)
            .mapToObj(items::get)
            .collect(Collectors.toCollection(ArrayList::new));
    return target instanceof Tuple ? new Tuple(taken) : taken;
  }

  private static IntStream positions(int size, Object start, Object stop, long step) {
    long low = step > 0 ? 0 : -1;
    long high = step > 0 ? size : size - 1;
    long from = start == None.NONE ? (step > 0 ? low : high) : bound(whole(start), size, low, high);
    long to = stop == None.NONE ? (step > 0 ? high : low) : bound(whole(stop), size, low, high);
    if (step > 0 ? from >= to : from <= to) {
      return IntStream.empty();
    }
    long by = Math.max(-size - 1L, Math.min(size + 1L, step));
    long count = (Math.abs(to - from) - 1) / Math.abs(by) + 1;
    return IntStream.range(0, (int) count).map(i -> (int) (from + i * by));
  }

  private static long bound(long index, int size, long low, long high) {
    return Math.max(low, Math.min(high, index < 0 ? index + size : index));
  }

  private static long whole(Object bound) {
    if (bound instanceof Long number) {
      return number;
    }
    throw bound instanceof Undefined undefined
        ? undefined.error()
        : TemplateException.value("a slice needs whole numbers, got " + PythonText.shown(bound));
  }
}

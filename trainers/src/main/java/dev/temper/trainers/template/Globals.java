package dev.temper.trainers.template;

import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Names that every chat template knows. */
final class Globals {

  private Globals() {}

  static Map<String, Object> at(Clock clock) {
    return Map.of(
        "range", (Function) Globals::range,
        "dict", (Function) Globals::dict,
        "namespace", (Function) Globals::namespace,
        "raise_exception", (Function) Globals::raise,
        "strftime_now",
            (Function)
                (arguments, frame) ->
                    Strftime.of(ZonedDateTime.now(clock), arguments.text(0, "format")));
  }

  private static Object range(Arguments arguments, Frame frame) {
    arguments.allow("range", "start", "stop", "step");
    boolean one = arguments.count() == 1;
    long start = one ? 0 : arguments.whole(0, "start", 0);
    long stop = arguments.whole(one ? 0 : 1, "stop", 0);
    long step = arguments.whole(2, "step", 1);
    if (step == 0) {
      throw TemplateException.value("range needs a step that is not zero");
    }
    long count = Math.max(0, (stop - start + step - Long.signum(step)) / step);
    if (count > Budget.RANGE) {
      throw TemplateException.limit(
          "range of %d numbers, %d are the most".formatted(count, Budget.RANGE));
    }
    frame.budget().allocate(count);
    List<Object> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      numbers.add(start + i * step);
    }
    return numbers;
  }

  private static Object dict(Arguments arguments, Frame frame) {
    Map<Object, Object> map = new LinkedHashMap<>();
    if (arguments.count() > 0) {
      Object from = arguments.required(0, "mapping");
      if (from instanceof Map<?, ?> other) {
        map.putAll(other);
      } else {
        for (Object pair : Items.of(from, frame)) {
          List<Object> entry = Items.of(pair, frame);
          if (entry.size() != 2) {
            throw TemplateException.value("dict needs pairs, got " + PythonText.shown(pair));
          }
          map.put(Keys.require(entry.get(0)), entry.get(1));
        }
      }
    }
    map.putAll(arguments.named());
    frame.budget().allocate(map.size());
    return map;
  }

  private static Object namespace(Arguments arguments, Frame frame) {
    Namespace namespace = new Namespace();
    ((Map<?, ?>) dict(arguments, frame))
        .forEach((name, value) -> namespace.put(PythonText.of(name), value));
    return namespace;
  }

  private static Object raise(Arguments arguments, Frame frame) {
    throw TemplateException.raised(PythonText.of(arguments.required(0, "message")));
  }
}

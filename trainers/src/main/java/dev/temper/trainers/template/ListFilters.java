package dev.temper.trainers.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Filters that take lists and dicts apart and put them together. */
final class ListFilters {

  private ListFilters() {}

  static Map<String, Filters.Filter> all() {
    Map<String, Filters.Filter> all = new LinkedHashMap<>();
    all.put("length", (value, a, frame) -> Items.length(value));
    all.put("count", (value, a, frame) -> Items.length(value));
    all.put("list", (value, a, frame) -> new ArrayList<>(Items.of(value, frame)));
    all.put("first", ListFilters::first);
    all.put("last", ListFilters::last);
    all.put("reverse", ListFilters::reverse);
    all.put("join", ListFilters::join);
    all.put("items", ListFilters::items);
    all.put("dictsort", ListFilters::dictSort);
    all.put("sort", ListFilters::sort);
    all.put("unique", ListFilters::unique);
    all.put("groupby", ListFilters::groupBy);
    all.put("map", ListFilters::map);
    all.put("select", (value, a, frame) -> select(value, a, frame, true));
    all.put("reject", (value, a, frame) -> select(value, a, frame, false));
    all.put("selectattr", (value, a, frame) -> selectAttribute(value, a, frame, true));
    all.put("rejectattr", (value, a, frame) -> selectAttribute(value, a, frame, false));
    all.put("sum", ListFilters::sum);
    all.put("min", (value, a, frame) -> extreme(value, a, frame, -1));
    all.put("max", (value, a, frame) -> extreme(value, a, frame, 1));
    all.put("batch", ListFilters::batch);
    return all;
  }

  private static Object first(Object value, Arguments arguments, Frame frame) {
    if (value instanceof Generator generator) {
      return generator.next(new Undefined("no first item, sequence was empty"));
    }
    List<Object> items = Items.of(value, frame);
    return items.isEmpty() ? new Undefined("no first item, sequence was empty") : items.get(0);
  }

  private static Object last(Object value, Arguments arguments, Frame frame) {
    if (value instanceof Generator) {
      throw TemplateException.value("'generator' object is not reversible");
    }
    List<Object> items = Items.of(value, frame);
    return items.isEmpty()
        ? new Undefined("no last item, sequence was empty")
        : items.get(items.size() - 1);
  }

  private static Object reverse(Object value, Arguments arguments, Frame frame) {
    if (value instanceof String text) {
      frame.budget().allocate(text.length());
      return new StringBuilder(text).reverse().toString();
    }
    List<Object> reversed = new ArrayList<>(Items.of(value, frame));
    Collections.reverse(reversed);
    return new Generator(reversed);
  }

  private static Object join(Object value, Arguments arguments, Frame frame) {
    arguments.allow("join", "d", "attribute");
    List<Object> items = Items.of(value, frame);
    if (arguments.get(1, "attribute").isPresent()) {
      items = attributes(items, arguments.required(1, "attribute"));
    }
    return TextMethods.joined(PythonText.of(arguments.get(0, "d").orElse("")), items, frame);
  }

  private static Object items(Object value, Arguments arguments, Frame frame) {
    if (value instanceof Undefined) {
      return new Generator(List.of());
    }
    if (value instanceof Map<?, ?> map) {
      return new Generator(Methods.entries(map));
    }
    throw TemplateException.value("items needs a mapping, got '" + TypeName.of(value) + "'");
  }

  private static Object dictSort(Object value, Arguments arguments, Frame frame) {
    arguments.allow("dictsort", "case_sensitive", "by", "reverse");
    if (!(value instanceof Map<?, ?> map)) {
      throw TemplateException.value("dictsort needs a mapping, got " + TypeName.of(value));
    }
    boolean cased = arguments.truth(0, "case_sensitive", false);
    int by = arguments.optionalText(1, "by").orElse("key").equals("value") ? 1 : 0;
    Comparator<Object> order =
        (a, b) ->
            Equality.order(
                folded(((Tuple) a).items().get(by), cased),
                folded(((Tuple) b).items().get(by), cased),
                frame.budget());
    return sorted(Methods.entries(map), order, arguments.truth(2, "reverse", false), frame);
  }

  private static Object sort(Object value, Arguments arguments, Frame frame) {
    arguments.allow("sort", "reverse", "case_sensitive", "attribute");
    boolean cased = arguments.truth(1, "case_sensitive", false);
    Object attribute = arguments.get(2, "attribute").orElse(None.NONE);
    Comparator<Object> order =
        (a, b) ->
            Equality.order(key(a, attribute, cased), key(b, attribute, cased), frame.budget());
    return sorted(Items.of(value, frame), order, arguments.truth(0, "reverse", false), frame);
  }

  private static List<Object> sorted(
      List<Object> items, Comparator<Object> order, boolean reverse, Frame frame) {
    frame.budget().allocate(items.size());
    List<Object> sorted = new ArrayList<>(items);
    // Equal items keep their order in both directions, as in Python.
    sorted.sort(reverse ? order.reversed() : order);
    return sorted;
  }

  private static Object key(Object item, Object attribute, boolean cased) {
    return folded(attribute == None.NONE ? item : attribute(item, attribute), cased);
  }

  private static Object folded(Object key, boolean cased) {
    return !cased && key instanceof String text ? text.toLowerCase(Locale.ROOT) : key;
  }

  private static Object unique(Object value, Arguments arguments, Frame frame) {
    arguments.allow("unique", "case_sensitive", "attribute");
    boolean cased = arguments.truth(0, "case_sensitive", false);
    Object attribute = arguments.get(1, "attribute").orElse(None.NONE);
    Map<Object, Object> firsts = new LinkedHashMap<>();
    Items.of(value, frame)
        .forEach(item -> firsts.putIfAbsent(Keys.require(key(item, attribute, cased)), item));
    return new Generator(new ArrayList<>(firsts.values()));
  }

  private static Object groupBy(Object value, Arguments arguments, Frame frame) {
    arguments.allow("groupby", "attribute");
    Object attribute = arguments.required(0, "attribute");
    Map<Object, List<Object>> groups = new LinkedHashMap<>();
    Comparator<Object> order =
        (a, b) ->
            Equality.order(key(a, attribute, false), key(b, attribute, false), frame.budget());
    for (Object item : sorted(Items.of(value, frame), order, false, frame)) {
      groups
          .computeIfAbsent(Keys.require(attribute(item, attribute)), first -> new ArrayList<>())
          .add(item);
    }
    List<Object> pairs = new ArrayList<>();
    groups.forEach((key, items) -> pairs.add(Tuple.of(key, items)));
    return pairs;
  }

  private static Object map(Object value, Arguments arguments, Frame frame) {
    List<Object> items = some(value, frame);
    if (arguments.named().containsKey("attribute")) {
      Object attribute = arguments.named().get("attribute");
      Object otherwise = arguments.named().get("default");
      List<Object> mapped = new ArrayList<>();
      for (Object item : items) {
        Object found = attribute(item, attribute);
        mapped.add(found instanceof Undefined && otherwise != null ? otherwise : found);
      }
      return new Generator(mapped);
    }
    String filter = arguments.text(0, "filter");
    List<Object> mapped = new ArrayList<>();
    for (Object item : items) {
      frame.budget().step();
      mapped.add(Filters.apply(filter, item, arguments.from(1), frame));
    }
    return new Generator(mapped);
  }

  private static Object select(Object value, Arguments arguments, Frame frame, boolean keep) {
    List<Object> kept = new ArrayList<>();
    for (Object item : some(value, frame)) {
      if (holds(item, arguments, frame) == keep) {
        kept.add(item);
      }
    }
    return new Generator(kept);
  }

  private static Object selectAttribute(
      Object value, Arguments arguments, Frame frame, boolean keep) {
    Object attribute = arguments.required(0, "attribute");
    Arguments test = arguments.from(1);
    List<Object> kept = new ArrayList<>();
    for (Object item : some(value, frame)) {
      if (holds(attribute(item, attribute), test, frame) == keep) {
        kept.add(item);
      }
    }
    return new Generator(kept);
  }

  /** As in Jinja: what is false has no items, even if it could not be gone through. */
  private static List<Object> some(Object value, Frame frame) {
    return Truth.of(value) ? Items.of(value, frame) : List.of();
  }

  private static boolean holds(Object value, Arguments test, Frame frame) {
    return test.count() == 0
        ? Truth.of(value)
        : Tests.holds(test.text(0, "test"), value, test.from(1), frame);
  }

  private static Object sum(Object value, Arguments arguments, Frame frame) {
    arguments.allow("sum", "attribute", "start");
    Object attribute = arguments.get(0, "attribute").orElse(None.NONE);
    Object sum = arguments.get(1, "start").orElse(0L);
    for (Object item : Items.of(value, frame)) {
      Object term = attribute == None.NONE ? item : attribute(item, attribute);
      sum = Arithmetic.apply("+", sum, term, frame);
    }
    return sum;
  }

  private static Object extreme(Object value, Arguments arguments, Frame frame, int sign) {
    arguments.allow(sign > 0 ? "max" : "min", "case_sensitive", "attribute");
    boolean cased = arguments.truth(0, "case_sensitive", false);
    Object attribute = arguments.get(1, "attribute").orElse(None.NONE);
    Object best = new Undefined("no aggregated item, sequence was empty");
    for (Object item : Items.of(value, frame)) {
      boolean better =
          best instanceof Undefined
              || sign
                      * Equality.order(
                          key(item, attribute, cased), key(best, attribute, cased), frame.budget())
                  > 0;
      best = better ? item : best;
    }
    return best;
  }

  private static Object batch(Object value, Arguments arguments, Frame frame) {
    arguments.allow("batch", "linecount", "fill_with");
    int size = arguments.whole(0, "linecount", 1);
    if (size < 1 || size > Budget.WIDTH) {
      throw TemplateException.value("batch needs a size of 1 to 1000, got " + size);
    }
    List<Object> batches = new ArrayList<>();
    List<Object> items = Items.of(value, frame);
    for (int from = 0; from < items.size(); from += size) {
      List<Object> batch =
          new ArrayList<>(items.subList(from, Math.min(items.size(), from + size)));
      Object fill = arguments.get(1, "fill_with").orElse(None.NONE);
      while (fill != None.NONE && batch.size() < size) {
        batch.add(fill);
      }
      batches.add(batch);
    }
    return new Generator(batches);
  }

  private static List<Object> attributes(List<Object> items, Object attribute) {
    List<Object> values = new ArrayList<>(items.size());
    items.forEach(item -> values.add(attribute(item, attribute)));
    return values;
  }

  /** An attribute of an attribute is written with dots; a number is a position. */
  private static Object attribute(Object item, Object path) {
    if (!(path instanceof String names)) {
      return Attributes.item(item, path);
    }
    Object value = item;
    for (String name : names.split("\\.", -1)) {
      Object key = name.matches("\\d{1,9}") ? (Object) Long.valueOf(name) : name;
      value = Attributes.item(value, key);
    }
    return value;
  }
}

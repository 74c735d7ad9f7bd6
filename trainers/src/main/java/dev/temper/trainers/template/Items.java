package dev.temper.trainers.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a loop over a value goes through. */
final class Items {

  private Items() {}

  @SuppressWarnings("unchecked")
  static List<Object> of(Object value) {
    if (value instanceof List<?> list) {
      return (List<Object>) list;
    }
    if (value instanceof Tuple tuple) {
      return tuple.items();
    }
    if (value instanceof Map<?, ?> map) {
      return new ArrayList<>(map.keySet());
    }
    if (value instanceof String text) {
      return characters(text);
    }
    if (value instanceof Generator generator) {
      return generator.take();
    }
    if (value instanceof Undefined) {
      return List.of();
    }
    throw TemplateException.value("'" + TypeName.of(value) + "' object is not iterable");
  }

  /** The same, counted as memory: the characters of a text take more of it than the text. */
  static List<Object> of(Object value, Frame frame) {
    frame.budget().step();
    if (value instanceof String text) {
      frame.budget().allocate(16L * text.length());
    }
    List<Object> items = of(value);
    frame.budget().allocate(items.size());
    return items;
  }

  static boolean iterable(Object value) {
    return value instanceof List
        || value instanceof Tuple
        || value instanceof Map
        || value instanceof String
        || value instanceof Generator
        || value instanceof Undefined;
  }

  /** Length, of what has one. */
  static long length(Object value) {
    if (value instanceof String text) {
      return text.codePointCount(0, text.length());
    }
    if (value instanceof Map<?, ?> map) {
      return map.size();
    }
    if (value instanceof List || value instanceof Tuple || value instanceof Undefined) {
      return of(value).size();
    }
    throw TemplateException.value("object of type '" + TypeName.of(value) + "' has no length");
  }

  private static List<Object> characters(String text) {
    List<Object> characters = new ArrayList<>(text.length());
    text.codePoints().forEach(point -> characters.add(Character.toString(point)));
    return characters;
  }
}

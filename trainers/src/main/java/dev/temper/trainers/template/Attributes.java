package dev.temper.trainers.template;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code value.name} and {@code value[key]}: an item and a method may have the same name. */
final class Attributes {

  private Attributes() {}

  /** {@code value.name}: methods come first. */
  static Object attribute(Object target, String name) {
    if (target instanceof Undefined undefined) {
      throw undefined.error();
    }
    return own(target, name)
        .or(() -> element(target, name))
        .orElseGet(() -> Undefined.attribute(target, name));
  }

  /** {@code value[key]}: items come first. */
  static Object item(Object target, Object key) {
    if (target instanceof Undefined undefined) {
      throw undefined.error();
    }
    return element(target, key)
        .or(() -> key instanceof String name ? own(target, name) : Optional.empty())
        .orElseGet(() -> Undefined.attribute(target, key));
  }

  private static Optional<Object> own(Object target, String name) {
    if (target instanceof Namespace namespace) {
      return Optional.of(namespace.get(name));
    }
    if (target instanceof Loop loop) {
      return loop.attribute(name);
    }
    if (target instanceof Macro macro) {
      return macro.attribute(name);
    }
    return Methods.of(target, name).map(Object.class::cast);
  }

  private static Optional<Object> element(Object target, Object key) {
    if (target instanceof Map<?, ?> map) {
      return Keys.plain(key) ? Optional.ofNullable(map.get(key)) : Optional.empty();
    }
    if (!(key instanceof Long position)
        || !(target instanceof List || target instanceof Tuple || target instanceof String)) {
      return Optional.empty();
    }
    if (target instanceof String text) {
      return character(text, position);
    }
    List<Object> items = Items.of(target);
    long at = position < 0 ? position + items.size() : position;
    return at >= 0 && at < items.size() ? Optional.of(items.get((int) at)) : Optional.empty();
  }

  private static Optional<Object> character(String text, long position) {
    long length = Items.length(text);
    long at = position < 0 ? position + length : position;
    return at >= 0 && at < length
        ? Optional.of(Character.toString(text.codePointAt(text.offsetByCodePoints(0, (int) at))))
        : Optional.empty();
  }
}

package dev.temper.trainers.template;

import java.util.List;
import java.util.Map;

/** What can be the key of a dict: no list and no dict, and here no tuple either. */
final class Keys {

  private Keys() {}

  static Object require(Object key) {
    if (!plain(key)) {
      throw TemplateException.value("a " + TypeName.of(key) + " cannot be a key");
    }
    return key;
  }

  static boolean plain(Object key) {
    return !(key instanceof List || key instanceof Map || key instanceof Tuple);
  }
}

package dev.temper.trainers.template;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * JSON as Python's {@code json.dumps} writes it, which is what transformers' {@code tojson} does:
 * text outside ASCII as it is and a space after comma and colon, unless asked for otherwise.
 *
 * @param indent one level of it; null for all on one line
 */
record PythonJson(
    boolean ensureAscii, String indent, String itemEnd, String keyEnd, boolean sortKeys) {

  /** By the arguments of the filter. */
  static PythonJson of(Arguments arguments) {
    arguments.allow("tojson", "ensure_ascii", "indent", "separators", "sort_keys");
    Object indent = arguments.get(1, "indent").orElse(None.NONE);
    Object separators = arguments.get(2, "separators").orElse(None.NONE);
    String itemEnd = indent == None.NONE ? ", " : ",";
    String keyEnd = ": ";
    if (separators != None.NONE) {
      List<Object> two = Items.of(separators);
      if (two.size() != 2) {
        throw TemplateException.value("tojson: separators must be two texts");
      }
      itemEnd = PythonText.of(two.get(0));
      keyEnd = PythonText.of(two.get(1));
    }
    return new PythonJson(
        arguments.truth(0, "ensure_ascii", false),
        level(indent),
        itemEnd,
        keyEnd,
        arguments.truth(3, "sort_keys", false));
  }

  private static String level(Object indent) {
    if (indent == None.NONE) {
      return null;
    }
    if (indent instanceof Long spaces && spaces <= Budget.WIDTH) {
      return " ".repeat(Math.max(0, spaces.intValue()));
    }
    if (indent instanceof String text && text.length() <= Budget.WIDTH) {
      return text;
    }
    throw TemplateException.value(
        "tojson: indent must be a small number or text, got " + PythonText.shown(indent));
  }

  String write(Object value, Frame frame) {
    StringBuilder out = new StringBuilder();
    write(value, 0, out, frame);
    return out.toString();
  }

  private void write(Object value, int depth, StringBuilder out, Frame frame) {
    int before = out.length();
    if (value instanceof String text) {
      string(text, out);
    } else if (value instanceof Map<?, ?> map) {
      object(map, depth, out, frame);
    } else if (value instanceof List || value instanceof Tuple) {
      array(Items.of(value), depth, out, frame);
    } else {
      out.append(scalar(value));
    }
    frame.budget().allocate(out.length() - before);
  }

  private static String scalar(Object value) {
    if (value == None.NONE) {
      return "null";
    }
    if (value instanceof Boolean truth) {
      return truth.toString();
    }
    if (value instanceof Double number) {
      return Double.isNaN(number)
          ? "NaN"
          : Double.isInfinite(number)
              ? (number > 0 ? "Infinity" : "-Infinity")
              : PythonText.number(number);
    }
    if (value instanceof Number) {
      return value.toString();
    }
    if (value instanceof Undefined undefined) {
      throw TemplateException.value("tojson: " + undefined.reason());
    }
    throw TemplateException.value(
        "tojson: a value of type '" + TypeName.of(value) + "' has no JSON");
  }

  private void object(Map<?, ?> map, int depth, StringBuilder out, Frame frame) {
    if (map.isEmpty()) {
      out.append("{}");
      return;
    }
    List<Object> keys = new ArrayList<>(map.keySet());
    if (sortKeys) {
      keys.sort(Comparator.comparing(PythonText::of));
    }
    out.append('{');
    for (int i = 0; i < keys.size(); i++) {
      separate(i, depth + 1, out);
      Object key = keys.get(i);
      string(key instanceof String text ? text : scalar(key), out);
      out.append(keyEnd);
      write(map.get(key), depth + 1, out, frame);
    }
    end(depth, out);
    out.append('}');
  }

  private void array(List<Object> items, int depth, StringBuilder out, Frame frame) {
    if (items.isEmpty()) {
      out.append("[]");
      return;
    }
    out.append('[');
    for (int i = 0; i < items.size(); i++) {
      separate(i, depth + 1, out);
      write(items.get(i), depth + 1, out, frame);
    }
    end(depth, out);
    out.append(']');
  }

  private void separate(int index, int depth, StringBuilder out) {
    if (index > 0) {
      out.append(itemEnd);
    }
    end(depth, out);
  }

  private void end(int depth, StringBuilder out) {
    if (indent != null) {
      out.append('\n').append(indent.repeat(depth));
    }
  }

  private void string(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\f' -> out.append("\\f");
        case '\b' -> out.append("\\b");
        default -> {
          if (c < 0x20 || (ensureAscii && c > 0x7E)) {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}

package dev.temper.recipes.yaml;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.Input;
import dev.temper.recipes.Method;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.Stage;
import dev.temper.recipes.StageKinds;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes a resolved recipe as YAML with every default in it. {@link RecipeReader} makes an equal
 * recipe of it.
 */
public final class YamlWriter {

  /** Texts that need no quotes, in a flow or out of it. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_./@-]*");

  private static final List<String> NOT_TEXTS = List.of("true", "false", "null");

  private YamlWriter() {}

  /** The recipe as YAML. */
  public static String write(Recipe recipe) {
    StringBuilder out = new StringBuilder();
    out.append("name: ").append(text(recipe.name())).append('\n');
    out.append("seed: ").append(recipe.seed()).append('\n');
    out.append("stages:\n");
    recipe.stages().forEach(stage -> write(stage, out));
    return out.toString();
  }

  private static void write(Stage stage, StringBuilder out) {
    out.append("  ").append(stage.name()).append(":\n");
    line("kind", StageKinds.of(stage.spec()), out);
    components((Record) stage.spec()).forEach((key, value) -> line(key, value, out));
    StageSettings around =
        new StageSettings(
            stage.queue(),
            stage.checkpointEverySteps(),
            stage.retry(),
            stage.gate(),
            stage.timeouts(),
            Optional.empty());
    components(around).forEach((key, value) -> line(key, value, out));
  }

  private static void line(String key, Object value, StringBuilder out) {
    out.append("    ").append(key).append(": ").append(flow(value)).append('\n');
  }

  /** Components in order; an absent one is left out. */
  private static Map<String, Object> components(Record value) {
    Map<String, Object> components = new LinkedHashMap<>();
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      Object read = read(component, value);
      Object present = read instanceof Optional<?> optional ? optional.orElse(null) : read;
      if (present != null) {
        components.put(component.getName(), present);
      }
    }
    return components;
  }

  private static Object read(RecordComponent component, Record value) {
    try {
      return component.getAccessor().invoke(value);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }

  private static String flow(Object value) {
    if (value instanceof Input input) {
      return input.text();
    }
    if (value instanceof DataSource.Stage stage) {
      return stage.input().text();
    }
    if (value instanceof Record record) {
      return flowMap(flattened(record));
    }
    if (value instanceof Map<?, ?> map) {
      return flowMap(map);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(YamlWriter::flow).collect(Collectors.joining(", ", "[", "]"));
    }
    return value instanceof String text ? text(text) : number(value);
  }

  /** A method or generator has its parameters beside its other keys. */
  private static Map<String, Object> flattened(Record record) {
    Map<String, Object> components = components(record);
    Object parameters = components.remove(Binder.REST);
    if (parameters != null && (record instanceof Method || record instanceof DataSource)) {
      ((Map<?, ?>) parameters).forEach((key, value) -> components.put((String) key, value));
    }
    return components;
  }

  private static String flowMap(Map<?, ?> map) {
    return map.entrySet().stream()
        .map(entry -> text((String) entry.getKey()) + ": " + flow(entry.getValue()))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String number(Object value) {
    return value.toString();
  }

  private static String text(String text) {
    if (PLAIN.matcher(text).matches() && !NOT_TEXTS.contains(text)) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    text.chars().forEach(c -> quoted.append(escaped((char) c)));
    return quoted.append('"').toString();
  }

  private static String escaped(char c) {
    if (c == '"' || c == '\\') {
      return "\\" + c;
    }
    boolean printable = c >= ' ' && c < 0x7f;
    return printable ? String.valueOf(c) : "\\u%04x".formatted((int) c);
  }
}

package dev.temper.recipes;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The kinds of stages, by the names that recipes use. */
public final class StageKinds {

  private static final Map<String, Class<? extends StageSpec>> TYPES = registered();

  private StageKinds() {}

  /** Spec class by kind, in the order in which {@link StageSpec} declares them. */
  public static Map<String, Class<? extends StageSpec>> types() {
    return TYPES;
  }

  /** The kind of a spec, for example {@code reward-model}. */
  public static String of(StageSpec spec) {
    return of(spec.getClass());
  }

  /** The kind that a spec class stands for. */
  public static String of(Class<? extends StageSpec> type) {
    return TYPES.entrySet().stream()
        .filter(entry -> entry.getValue().equals(type))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("not a stage kind: " + type.getName()));
  }

  private static Map<String, Class<? extends StageSpec>> registered() {
    Map<String, Class<? extends StageSpec>> types = new LinkedHashMap<>();
    for (JsonSubTypes.Type type : StageSpec.class.getAnnotation(JsonSubTypes.class).value()) {
      types.put(type.name(), type.value().asSubclass(StageSpec.class));
    }
    return Collections.unmodifiableMap(types);
  }
}

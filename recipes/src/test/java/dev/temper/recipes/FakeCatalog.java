package dev.temper.recipes;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A few methods of every family, as the real catalog has them. */
public final class FakeCatalog implements MethodCatalog {

  private static final Map<String, Object> CLIPPED =
      Map.of("clipLow", 0.2, "clipHigh", 0.2, "klBeta", 0.0);

  private static final List<Entry> ENTRIES =
      List.of(
          entry("advantage", "grpo", Map.of("epsilon", 1e-6)),
          entry("advantage", "reinforce", Map.of("baseline", "batch-mean")),
          entry("advantage", "rloo", Map.of()),
          entry("gold", "kind-notes", Map.of("topic", 1.0, "maxPraise", 4)),
          entry("policy-loss", "grpo", CLIPPED),
          entry("policy-loss", "policy-gradient", Map.of("aggregation", "sequence-mean")),
          entry("policy-loss", "ppo-clip", CLIPPED),
          entry("preference-loss", "dpo", Map.of("beta", 0.1, "labelSmoothing", 0.0)),
          entry("reward-loss", "bradley-terry", Map.of()),
          entry("selection", "random-per-prompt", Map.of()),
          entry("selection", "top-k-overall", Map.of()),
          entry("selection", "top-per-prompt", Map.of()),
          entry("synthetic", "backward/demonstrations", Map.of("correct", 0.5)),
          entry("synthetic", "backward/prompts", Map.of()),
          entry("synthetic", "kind-notes/demonstrations", Map.of()),
          entry("synthetic", "kind-notes/pretraining", Map.of()),
          entry("synthetic", "kind-notes/prompts", Map.of()),
          entry("verifier", "exact-match", Map.of("weight", 1.0)),
          entry("verifier", "format", Map.of("weight", 1.0)));

  private static Entry entry(String family, String name, Map<String, Object> parameters) {
    return new Entry(family, name, "a test", parameters);
  }

  @Override
  public List<Entry> entries() {
    return ENTRIES;
  }

  @Override
  public Method resolve(String family, Method method) {
    Entry entry =
        ENTRIES.stream()
            .filter(e -> e.family().equals(family) && e.name().equals(method.name()))
            .findFirst()
            .orElseThrow();
    Map<String, Object> complete = new TreeMap<>(entry.parameters());
    method.parameters().forEach((name, value) -> complete.put(name, typed(name, value, entry)));
    return new Method(method.name(), complete);
  }

  private static Object typed(String name, Object value, Entry entry) {
    Object example = entry.parameters().get(name);
    if (example instanceof Double && value instanceof Number number) {
      return number.doubleValue();
    }
    if (!example.getClass().isInstance(value)) {
      throw new IllegalArgumentException(
          "%s '%s': %s must be like %s, got %s"
              .formatted(entry.family(), entry.name(), name, example, value));
    }
    return value;
  }
}

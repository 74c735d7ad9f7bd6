package dev.temper.recipes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;

/** What one thread computes together, in the stages that train: memory, and the last bits. */
public final class MicroBatches {

  private static final Map<Class<? extends StageSpec>, String> FIELDS =
      Map.of(
          PretrainSpec.class, "microBatchRows",
          SftSpec.class, "microBatch",
          RewardModelSpec.class, "microBatchPairs",
          PreferenceTuningSpec.class, "microBatchPairs",
          RlSpec.class, "microBatch");

  private MicroBatches() {}

  /** The same stage with half of it; nothing where it does not train, or has one row left. */
  public static Optional<StageSpec> halved(StageSpec spec) {
    String field = FIELDS.get(spec.getClass());
    if (field == null) {
      return Optional.empty();
    }
    ObjectMapper mapper = RecipeJson.mapper();
    ObjectNode tree = mapper.valueToTree(spec);
    int rows = tree.get(field).intValue();
    if (rows <= 1) {
      return Optional.empty();
    }
    tree.put(field, rows / 2);
    try {
      return Optional.of(mapper.treeToValue(tree, StageSpec.class));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a spec must read back from its own JSON", e);
    }
  }

  /** As a recipe says it: {@code microBatch: 8}; empty where a stage has none. */
  public static String text(StageSpec spec) {
    String field = FIELDS.get(spec.getClass());
    return field == null
        ? ""
        : field + ": " + RecipeJson.mapper().valueToTree(spec).get(field).intValue();
  }
}

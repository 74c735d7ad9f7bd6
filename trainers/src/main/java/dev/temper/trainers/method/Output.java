package dev.temper.trainers.method;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/** JSON of arrays. */
final class Output {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private Output() {}

  static ObjectNode object() {
    return JSON.objectNode();
  }

  static ArrayNode list(double[] values) {
    ArrayNode list = JSON.arrayNode();
    for (double value : values) {
      list.add(value);
    }
    return list;
  }

  static ArrayNode lists(double[][] rows) {
    ArrayNode list = JSON.arrayNode();
    for (double[] row : rows) {
      list.add(list(row));
    }
    return list;
  }

  /** Sorted by name. */
  static ObjectNode metrics(Map<String, Double> metrics) {
    ObjectNode object = JSON.objectNode();
    new TreeMap<>(metrics).forEach(object::put);
    return object;
  }
}

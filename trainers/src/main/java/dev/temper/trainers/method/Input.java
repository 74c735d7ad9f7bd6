package dev.temper.trainers.method;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.recipes.NearestName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Arrays given as one JSON object; every message names the field. */
final class Input {

  private final JsonNode fields;

  Input(JsonNode fields) {
    if (!fields.isObject()) {
      throw new IllegalArgumentException("the input must be a JSON object");
    }
    this.fields = fields;
  }

  /** Refuses every field that is not among {@code known}, and names every missing one. */
  void require(List<String> required, List<String> optional) {
    List<String> known = new ArrayList<>(required);
    known.addAll(optional);
    List<String> problems = new ArrayList<>();
    for (Iterator<String> names = fields.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        problems.add(
            "'%s' is not an input%s"
                .formatted(
                    name,
                    NearestName.of(name, known).map(" (did you mean %s?)"::formatted).orElse("")));
      }
    }
    required.stream()
        .filter(name -> !fields.has(name))
        .forEach(name -> problems.add("'%s' is missing".formatted(name)));
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "the input is invalid (%d): %s; known are %s"
              .formatted(problems.size(), String.join("; ", problems), known));
    }
  }

  boolean has(String name) {
    return fields.has(name);
  }

  /** A list of numbers. */
  double[] vector(String name) {
    return numbers(name, fields.get(name));
  }

  /** Lists of numbers, each of its own length. */
  double[][] lists(String name) {
    JsonNode node = fields.get(name);
    if (!node.isArray()) {
      throw new IllegalArgumentException("'%s' must be a list of lists of numbers".formatted(name));
    }
    double[][] rows = new double[node.size()][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = numbers("%s[%d]".formatted(name, row), node.get(row));
    }
    return rows;
  }

  /** Lists of numbers of one length. */
  double[][] matrix(String name) {
    double[][] rows = lists(name);
    for (int row = 1; row < rows.length; row++) {
      if (rows[row].length != rows[0].length) {
        throw new IllegalArgumentException(
            "'%s' must have rows of one length, row 0 has %d and row %d has %d"
                .formatted(name, rows[0].length, row, rows[row].length));
      }
    }
    return rows;
  }

  /** A matrix of the shape of {@code like}. */
  double[][] matrix(String name, double[][] like) {
    double[][] rows = matrix(name);
    requireShape(name, rows, like);
    return rows;
  }

  /** A matrix of the shape of {@code like}, or one number for each of its rows. */
  double[][] matrixOrColumn(String name, double[][] like) {
    JsonNode node = fields.get(name);
    if (!node.isArray() || node.isEmpty() || node.get(0).isArray()) {
      return matrix(name, like);
    }
    double[] column = vector(name);
    double[][] rows = new double[column.length][];
    for (int row = 0; row < column.length; row++) {
      rows[row] = new double[row < like.length ? like[row].length : 0];
      Arrays.fill(rows[row], column[row]);
    }
    requireShape(name, rows, like);
    return rows;
  }

  /** Lists of true and false. */
  boolean[][] flags(String name) {
    JsonNode node = fields.get(name);
    List<boolean[]> rows = new ArrayList<>();
    for (JsonNode row : node) {
      boolean[] values = new boolean[row.size()];
      for (int i = 0; i < values.length; i++) {
        if (!row.get(i).isBoolean()) {
          throw new IllegalArgumentException(
              "'%s' must be lists of true and false".formatted(name));
        }
        values[i] = row.get(i).booleanValue();
      }
      rows.add(values);
    }
    return rows.toArray(boolean[][]::new);
  }

  /** A list of whole numbers. */
  List<Integer> wholes(String name) {
    List<Integer> values = new ArrayList<>();
    for (JsonNode node : fields.get(name)) {
      values.add(whole(name, node));
    }
    return values;
  }

  /** A whole number, or empty where it is not given. */
  Optional<Integer> whole(String name) {
    return Optional.ofNullable(fields.get(name)).map(node -> whole(name, node));
  }

  private static int whole(String name, JsonNode node) {
    if (!node.canConvertToInt() || !node.canConvertToExactIntegral()) {
      throw new IllegalArgumentException(
          "'%s' must be made of whole numbers, got %s".formatted(name, node));
    }
    return node.intValue();
  }

  private static double[] numbers(String name, JsonNode node) {
    if (!node.isArray()) {
      throw new IllegalArgumentException("'%s' must be a list of numbers".formatted(name));
    }
    double[] values = new double[node.size()];
    for (int i = 0; i < values.length; i++) {
      if (!node.get(i).isNumber()) {
        throw new IllegalArgumentException(
            "'%s[%d]' must be a number, got %s".formatted(name, i, node.get(i)));
      }
      values[i] = node.get(i).doubleValue();
    }
    return values;
  }

  private static void requireShape(String name, double[][] rows, double[][] like) {
    if (rows.length != like.length || columns(rows) != columns(like)) {
      throw new IllegalArgumentException(
          "'%s' must have shape [%d][%d], got [%d][%d]"
              .formatted(name, like.length, columns(like), rows.length, columns(rows)));
    }
  }

  private static int columns(double[][] rows) {
    return rows.length == 0 ? 0 : rows[0].length;
  }
}

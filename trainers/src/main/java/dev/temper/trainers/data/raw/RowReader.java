package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.recipes.NearestName;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.zip.ZipException;

/**
 * Reads the rows of a file, or of the files of a folder.
 *
 * <p>Everything that is wrong is named with its place, the first few problems at once. Rows that
 * have an {@code id} must have different ones.
 */
public final class RowReader {

  private static final int PROBLEMS_SHOWN = 5;
  private static final String ID = "id";

  private final Optional<String> format;
  private final Optional<Map<String, String>> columns;
  private final Need need;
  private Optional<Shape> shape;

  private RowReader(
      Optional<String> format,
      Optional<Shape> shape,
      Optional<Map<String, String>> columns,
      Need need) {
    this.format = format;
    this.shape = shape;
    this.columns = columns;
    this.need = need;
  }

  /**
   * Of a user's data.
   *
   * @param format by the names of the files where absent
   * @param shape by the first row where absent
   * @param columns column by field; these alone are read
   * @throws StageFailure DataContract for a shape or format that does not exist
   */
  public static RowReader of(
      Optional<String> format,
      Optional<String> shape,
      Optional<Map<String, String>> columns,
      Need need) {
    format.ifPresent(RowFormats::named);
    return new RowReader(format, shape.map(Shapes::named), columns, need);
  }

  /** Of what another stage wrote. */
  public static RowReader ofStage(Need need) {
    return new RowReader(Optional.of("jsonl"), Optional.of(Shapes.STAGE), Optional.empty(), need);
  }

  /**
   * Reads all rows, or the first ones.
   *
   * @param name what messages call the file
   * @param limit rows at most, 0 for all
   * @return how many rows were left out, by the reason
   * @throws StageFailure DataContract where the file is missing, empty or has a wrong row
   */
  public Map<String, Integer> read(Path path, String name, int limit, Consumer<RawRow> rows)
      throws IOException {
    List<DataFile> files = DataFile.of(path, name);
    RowFormats.Named common = format(files);
    Rows sink = new Rows(limit, common.format().nullIsAbsent(), rows);
    for (DataFile file : files) {
      if (!sink.full()) {
        read(common.format(), file, sink);
      }
    }
    sink.refuseProblems();
    if (sink.taken == 0) {
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT,
          name
              + (sink.leftOut.isEmpty()
                  ? ": is empty, at least one row is needed"
                  : ": every row was left out: " + sink.leftOut));
    }
    return sink.leftOut;
  }

  private void read(RowFormat rows, DataFile file, RowSink sink) throws IOException {
    try {
      rows.read(file, columns.map(named -> Set.copyOf(named.values())), sink);
    } catch (ZipException | java.io.EOFException e) {
      sink.problem(file.name(), "cannot be unpacked: " + e.getMessage());
    }
  }

  private RowFormats.Named format(List<DataFile> files) {
    if (format.isPresent()) {
      return RowFormats.named(format.get());
    }
    Map<String, String> examples = new TreeMap<>();
    files.forEach(file -> examples.putIfAbsent(RowFormats.ofFile(file.name()).name(), file.name()));
    if (examples.size() > 1) {
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT,
          "the files of a folder must have one format, got " + examples);
    }
    return RowFormats.ofFile(files.get(0).name());
  }

  /** What has been read so far. */
  private final class Rows implements RowSink {
    private final int limit;
    private final boolean nullIsAbsent;
    private final Consumer<RawRow> rows;
    private final List<String> problems = new ArrayList<>();
    private final Map<String, Integer> leftOut = new TreeMap<>();
    private final Map<String, String> ids = new HashMap<>();
    private int wrong;
    private int taken;

    Rows(int limit, boolean nullIsAbsent, Consumer<RawRow> rows) {
      this.limit = limit;
      this.nullIsAbsent = nullIsAbsent;
      this.rows = rows;
    }

    @Override
    public boolean full() {
      return limit > 0 && taken >= limit;
    }

    @Override
    public void problem(String where, String what) {
      wrong++;
      if (problems.size() < PROBLEMS_SHOWN) {
        problems.add(where + ": " + what);
      }
    }

    @Override
    public void row(String where, JsonNode row) {
      try {
        JsonNode fields = fields(row);
        RawRow read = shaped(fields, where);
        Optional<String> missing = need.missing(read);
        if (missing.isPresent()) {
          problem(where, "'" + missing.get() + "' is missing");
          return;
        }
        requireNewId(fields, where);
        taken++;
        rows.accept(read);
      } catch (WrongShape e) {
        problem(where, e.getMessage());
      } catch (LeftOut e) {
        leftOut.merge(e.getMessage(), 1, Integer::sum);
      }
    }

    private JsonNode fields(JsonNode row) {
      if (!row.isObject()) {
        throw new WrongShape("must be a JSON object, got " + Fields.type(row));
      }
      JsonNode fields = columns.isPresent() ? renamed(row, columns.get()) : row;
      if (nullIsAbsent) {
        ((ObjectNode) fields).properties().removeIf(field -> field.getValue().isNull());
      }
      return fields;
    }

    private RawRow shaped(JsonNode row, String where) {
      if (shape.isEmpty()) {
        shape = Shapes.of(row);
      }
      return shape.orElseThrow(() -> Shapes.unknown(row)).read(row, where);
    }

    private void requireNewId(JsonNode row, String where) {
      JsonNode id = row.path(ID);
      if (id.isValueNode() && !id.isNull() && !id.asText().isBlank()) {
        String before = ids.putIfAbsent(id.asText(), where);
        if (before != null) {
          throw new WrongShape("'id' %s stands at %s already".formatted(id, before));
        }
      }
    }

    void refuseProblems() {
      if (wrong > 0) {
        int hidden = wrong - problems.size();
        throw new StageFailure(
            StageFailure.Type.DATA_CONTRACT,
            String.join("; ", problems)
                + (hidden > 0 ? "; and " + hidden + " more lines are wrong" : ""));
      }
    }
  }

  private static ObjectNode renamed(JsonNode row, Map<String, String> columns) {
    ObjectNode named = JsonNodeFactory.instance.objectNode();
    columns.forEach(
        (field, column) -> {
          if (!row.has(column)) {
            Set<String> there = new TreeSet<>();
            row.fieldNames().forEachRemaining(there::add);
            throw new WrongShape(
                "column '%s' is missing; it has %s%s"
                    .formatted(column, there, NearestName.hint(column, there)));
          }
          named.set(field, row.get(column));
        });
    return named;
  }
}

package dev.temper.recipes;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where rows of text come from: a generator that ships with Temper, files, another stage, or a
 * mixture of these.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
@JsonSubTypes({
  @JsonSubTypes.Type(DataSource.Synthetic.class),
  @JsonSubTypes.Type(DataSource.File.class),
  @JsonSubTypes.Type(DataSource.Stage.class),
  @JsonSubTypes.Type(DataSource.Mixture.class)
})
public sealed interface DataSource
    permits DataSource.Synthetic, DataSource.File, DataSource.Stage, DataSource.Mixture {

  /** What it is mixed of; itself where it is no mixture. */
  default List<DataSource> leaves() {
    return List.of(this);
  }

  /**
   * Rows of a deterministic generator.
   *
   * @param synthetic its name, for example {@code kind-notes/prompts}
   * @param from first row, in the order of this generator and seed
   * @param rows how many
   * @param seed the recipe's seed unless the recipe says otherwise: sources with one seed and
   *     disjoint ranges have disjoint prompts
   * @param parameters of the generator, defaults filled in
   */
  record Synthetic(String synthetic, int from, int rows, long seed, Map<String, Object> parameters)
      implements DataSource {
    public Synthetic {
      parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
    }
  }

  /**
   * A file of rows, or a folder of such files in the order of their names.
   *
   * @param file path relative to the recipe, or a location such as {@code s3://bucket/rows.jsonl};
   *     of a folder where it ends in a slash; not part of any key
   * @param sha256 of its bytes, filled in before any key is computed; empty until then
   * @param limit rows to read at most, 0 for all
   * @param format of the bytes; by the end of the name where absent
   * @param shape what the fields mean; by the first row where absent
   * @param columns column by field: these alone are read, under the names of the fields
   * @param pairing how rated or ranked completions become pairs
   * @param seed of what the pairing draws; 0 where absent
   */
  record File(
      String file,
      String sha256,
      int limit,
      Optional<String> format,
      Optional<String> shape,
      Optional<Map<String, String>> columns,
      Optional<String> pairing,
      Optional<Long> seed)
      implements DataSource {
    public File {
      columns = columns.map(given -> Collections.unmodifiableMap(new TreeMap<>(given)));
    }

    /** One of which only the place is said. */
    public File(String file, String sha256, int limit) {
      this(
          file,
          sha256,
          limit,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
  }

  /** Completions made by another stage. */
  record Stage(Input input) implements DataSource {}

  /**
   * Rows of several sources in one random order.
   *
   * @param mixture at least one
   * @param seed of the order, and of which rows are taken
   */
  record Mixture(List<Part> mixture, long seed) implements DataSource {
    public Mixture {
      mixture = List.copyOf(mixture);
    }

    @Override
    public List<DataSource> leaves() {
      return mixture.stream().flatMap(part -> part.source().leaves().stream()).toList();
    }
  }

  /**
   * What a mixture takes of one source.
   *
   * @param weight share of the mixture, in proportion to the other weights; all rows where no part
   *     has one
   * @param cap rows at most, 0 for all
   */
  record Part(DataSource source, Optional<Double> weight, int cap) {}
}

package dev.temper.recipes;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** Where rows of text come from: a generator that ships with Temper, a file, or another stage. */
@JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
@JsonSubTypes({
  @JsonSubTypes.Type(DataSource.Synthetic.class),
  @JsonSubTypes.Type(DataSource.File.class),
  @JsonSubTypes.Type(DataSource.Stage.class)
})
public sealed interface DataSource permits DataSource.Synthetic, DataSource.File, DataSource.Stage {

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
   * A JSONL file.
   *
   * @param file path relative to the recipe; not part of any key
   * @param sha256 of its bytes, filled in before any key is computed; empty until then
   * @param limit rows to read at most, 0 for all
   */
  record File(String file, String sha256, int limit) implements DataSource {}

  /** Completions made by another stage. */
  record Stage(Input input) implements DataSource {}
}

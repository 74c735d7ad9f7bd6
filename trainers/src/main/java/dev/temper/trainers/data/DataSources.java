package dev.temper.trainers.data;

import dev.temper.recipes.DataSource;
import dev.temper.trainers.Inputs;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.raw.Candidate;
import dev.temper.trainers.data.raw.Need;
import dev.temper.trainers.data.raw.RawRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Reads prompts, demonstrations, pairs and documents, from generators, files and other stages.
 *
 * <p>What is wrong with the data is a {@link StageFailure} of type DataContract that names {@code
 * file:line}. The same source always gives the same rows in the same order, so that the number of a
 * row is all that a checkpoint has to keep. Rows that memory does not hold wait on disk.
 */
public final class DataSources {

  private final Inputs inputs;
  private final long heldBytes;

  public DataSources(Inputs inputs) {
    this(inputs, RowStore.HELD_BYTES);
  }

  /**
   * @param heldBytes what the rows of a source may take in memory
   */
  DataSources(Inputs inputs, long heldBytes) {
    this.inputs = inputs;
    this.heldBytes = heldBytes;
  }

  /** The prompts of a source; completions that it may have are not looked at. */
  public List<Prompt> prompts(DataSource source) {
    PromptIds ids = new PromptIds();
    return raw(source, Need.PROMPTS).rows().stream().map(row -> prompt(row, ids)).toList();
  }

  /** The rows of a source that can be trained on; at least one. */
  public List<Row> rows(DataSource source) {
    return rowSet(source).rows();
  }

  /** As {@link #rows}, with counts. */
  public RowSet rowSet(DataSource source) {
    SourceRows read = raw(source, Need.ROWS);
    List<RawRow> raw = read.rows();
    PromptIds ids = new PromptIds();
    Duplicates seen = new Duplicates();
    int[] kept = new int[raw.size()];
    long[] names = new long[raw.size()];
    int size = 0;
    for (int i = 0; i < raw.size(); i++) {
      RawRow row = raw.get(i);
      String completion = row.target().orElse("");
      if (row.tokens().isPresent() || !completion.isBlank()) {
        Prompt prompt = prompt(row, ids);
        seen.add(prompt.text(), completion);
        names[size] = prompt.id();
        kept[size++] = i;
      }
    }
    if (size == 0) {
      throw nothingToTrainOn(raw);
    }
    List<Row> rows = new MadeList<>(size, i -> row(raw.get(kept[i]), names[i]));
    return new RowSet(
        read.onDisk() ? rows : List.copyOf(rows),
        raw.size() - size,
        seen.count(),
        read.leftOut(),
        read.onDisk());
  }

  /** The compared pairs of a source; at least one. */
  public PairSet pairs(DataSource source) {
    SourceRows read = raw(source, Need.PAIRS);
    PromptIds ids = new PromptIds();
    Duplicates seen = new Duplicates();
    List<Pair> pairs = new ArrayList<>();
    for (RawRow row : read.rows()) {
      List<Candidate> sides = row.candidates();
      Pair pair = new Pair(prompt(row, ids), sides.get(0).text(), sides.get(1).text());
      seen.add(pair.prompt().text(), pair.chosen(), pair.rejected());
      pairs.add(pair);
    }
    return new PairSet(pairs, read.leftOut(), seen.count());
  }

  /** The documents of a source that are not blank; at least one. */
  public List<String> documents(DataSource source) {
    List<RawRow> raw = raw(source, Need.DOCUMENTS).rows();
    int[] kept =
        IntStream.range(0, raw.size())
            .filter(i -> !raw.get(i).text().orElse("").isBlank())
            .toArray();
    if (kept.length == 0) {
      throw nothingToTrainOn(raw);
    }
    return new MadeList<>(kept.length, i -> raw.get(kept[i]).text().orElseThrow());
  }

  private static Row row(RawRow row, long promptId) {
    return new Row(
        new Prompt(row.prompt().orElseThrow(), row.facts(), promptId, row.messages()),
        row.target().orElse(""),
        row.tokens());
  }

  private static Prompt prompt(RawRow row, PromptIds ids) {
    String text = row.prompt().orElseThrow();
    long id = ids.next(text);
    return new Prompt(text, row.facts(), row.promptId().orElse(id), row.messages());
  }

  private static StageFailure nothingToTrainOn(List<RawRow> raw) {
    return new StageFailure(
        StageFailure.Type.DATA_CONTRACT,
        "%s: none of %d rows leaves a token to train on, all are blank"
            .formatted(raw.get(0).where(), raw.size()));
  }

  private SourceRows raw(DataSource source, Need need) {
    try {
      return SourceRows.read(source, need, inputs, heldBytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

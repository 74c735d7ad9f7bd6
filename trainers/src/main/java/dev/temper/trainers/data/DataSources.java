package dev.temper.trainers.data;

import dev.temper.recipes.DataSource;
import dev.temper.trainers.Inputs;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads prompts, demonstrations and documents, from generators, files and other stages.
 *
 * <p>What is wrong with the data is a {@link StageFailure} of type DataContract that names {@code
 * file:line}. The same source always gives the same rows in the same order.
 */
public final class DataSources {

  /** What {@code rejection-sampling} leaves behind. */
  private static final String COMPLETIONS = "completions.jsonl";

  private final Inputs inputs;

  public DataSources(Inputs inputs) {
    this.inputs = inputs;
  }

  /** The prompts of a source; completions that it may have are not looked at. */
  public List<Prompt> prompts(DataSource source) {
    PromptIds ids = new PromptIds();
    return raw(source, Need.PROMPTS).stream().map(row -> prompt(row, ids)).toList();
  }

  /** The rows of a source that can be trained on; at least one. */
  public List<Row> rows(DataSource source) {
    return rowSet(source).rows();
  }

  /** As {@link #rows}, with counts. */
  public RowSet rowSet(DataSource source) {
    PromptIds ids = new PromptIds();
    List<Row> rows = new ArrayList<>();
    Set<List<String>> seen = new HashSet<>();
    List<RawRow> raw = raw(source, Need.ROWS);
    int duplicates = 0;
    for (RawRow row : raw) {
      String completion = row.completion().orElse("");
      if (row.tokens().isEmpty() && completion.isBlank()) {
        continue;
      }
      Prompt prompt = prompt(row, ids);
      duplicates += seen.add(List.of(prompt.text(), completion)) ? 0 : 1;
      rows.add(new Row(prompt, completion, row.tokens()));
    }
    if (rows.isEmpty()) {
      throw nothingToTrainOn(raw);
    }
    return new RowSet(rows, raw.size() - rows.size(), duplicates);
  }

  /** The documents of a source that are not blank; at least one. */
  public List<String> documents(DataSource source) {
    List<RawRow> raw = raw(source, Need.DOCUMENTS);
    List<String> documents =
        raw.stream().map(row -> row.text().orElse("")).filter(text -> !text.isBlank()).toList();
    if (documents.isEmpty()) {
      throw nothingToTrainOn(raw);
    }
    return documents;
  }

  private static Prompt prompt(RawRow row, PromptIds ids) {
    String text = row.prompt().orElseThrow();
    long id = ids.next(text);
    return new Prompt(text, row.facts(), row.promptId().orElse(id));
  }

  private static StageFailure nothingToTrainOn(List<RawRow> raw) {
    return new StageFailure(
        StageFailure.Type.DATA_CONTRACT,
        "%s: none of %d rows leaves a token to train on, all are blank"
            .formatted(raw.get(0).where(), raw.size()));
  }

  private List<RawRow> raw(DataSource source, Need need) {
    try {
      if (source instanceof DataSource.Synthetic synthetic) {
        return synthetic(synthetic, need);
      }
      if (source instanceof DataSource.File file) {
        return new JsonlReader(RowShape.USER, need)
            .read(inputs.file(file), file.file(), file.limit());
      }
      DataSource.Stage stage = (DataSource.Stage) source;
      return new JsonlReader(RowShape.STAGE, need)
          .read(
              inputs.folder(stage.input()).resolve(COMPLETIONS),
              stage.input().text() + "/" + COMPLETIONS,
              0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<RawRow> synthetic(DataSource.Synthetic source, Need need) {
    List<RawRow> rows = SyntheticSources.rows(source);
    need.missing(rows.get(0))
        .ifPresent(
            field -> {
              throw new StageFailure(
                  StageFailure.Type.DATA_CONTRACT,
                  "synthetic '%s' has no %s; %s is needed here"
                      .formatted(source.synthetic(), field, need.description()));
            });
    return rows;
  }
}

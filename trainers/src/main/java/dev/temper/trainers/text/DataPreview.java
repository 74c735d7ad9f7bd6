package dev.temper.trainers.text;

import dev.temper.trainers.data.RowSet;
import dev.temper.trainers.model.Sequence;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * How data looks to a model before it is trained on.
 *
 * @param rows sequences that are trained on
 * @param truncated of them, cut to the model's length
 * @param dropped left out because the prompt alone fills the model
 * @param withoutTrainedTokens left out because their completion is blank
 * @param duplicates rows that came before
 * @param tokens of all rows
 * @param trainedTokens of them, those that the loss is taken over
 * @param first the first rows
 */
public record DataPreview(
    int rows,
    int truncated,
    int dropped,
    int withoutTrainedTokens,
    int duplicates,
    long tokens,
    long trainedTokens,
    List<Shown> first) {
  public DataPreview {
    first = List.copyOf(first);
  }

  /** Share of the tokens that the loss is taken over. */
  public double trainedShare() {
    return (double) trainedTokens / tokens;
  }

  /**
   * Rows with prompts and completions.
   *
   * @param maxTokens positions of the model
   * @param show rows to show at most
   */
  public static DataPreview of(RowSet data, Tokenizer tokenizer, int maxTokens, int show) {
    ChatFormat format = new ChatFormat(tokenizer);
    List<Sequence> sequences = data.rows().stream().map(format::sequence).toList();
    return of(
        SequenceFit.of(sequences, maxTokens),
        data.withoutTrainedTokens(),
        data.duplicates(),
        tokenizer,
        show);
  }

  /** Documents; every token is trained, in pieces that fill rows. */
  public static DataPreview ofDocuments(List<String> documents, Tokenizer tokenizer, int show) {
    ChatFormat format = new ChatFormat(tokenizer);
    List<Sequence> sequences =
        documents.stream()
            .map(text -> new Sequence(format.documentPrompt(), format.document(text)))
            .toList();
    int duplicates = documents.size() - new HashSet<>(documents).size();
    return of(new SequenceFit(sequences, 0, 0), 0, duplicates, tokenizer, show);
  }

  private static DataPreview of(
      SequenceFit fit, int withoutTrainedTokens, int duplicates, Tokenizer tokenizer, int show) {
    long tokens = fit.sequences().stream().mapToLong(Sequence::length).sum();
    long trained = fit.sequences().stream().mapToLong(Sequence::trainedTokens).sum();
    List<Shown> first = new ArrayList<>();
    fit.sequences().stream().limit(show).forEach(s -> first.add(Shown.of(s, tokenizer)));
    return new DataPreview(
        fit.sequences().size(),
        fit.truncated(),
        fit.dropped(),
        withoutTrainedTokens,
        duplicates,
        tokens,
        trained,
        first);
  }

  /**
   * One row, special tokens visible.
   *
   * @param context what the model is given
   * @param trained what it learns to say
   */
  public record Shown(String context, String trained) {

    private static Shown of(Sequence sequence, Tokenizer tokenizer) {
      return new Shown(
          tokenizer.decodeAll(sequence.prompt()), tokenizer.decodeAll(sequence.completion()));
    }

    /** On one line, trained tokens in double brackets. */
    public String text() {
      return (context + "[[" + trained + "]]").replace("\n", "\\n");
    }
  }
}

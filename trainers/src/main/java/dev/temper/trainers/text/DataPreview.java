package dev.temper.trainers.text;

import dev.temper.trainers.data.RowSet;
import dev.temper.trainers.model.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
 * @param endTrained rows whose last token is trained and ends a turn
 * @param leftOut rows left out because of what they are, by the reason
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
    int endTrained,
    Map<String, Integer> leftOut,
    List<Shown> first) {
  public DataPreview {
    leftOut = Collections.unmodifiableMap(new TreeMap<>(leftOut));
    first = List.copyOf(first);
  }

  /** Share of the tokens that the loss is taken over. */
  public double trainedShare() {
    return (double) trainedTokens / tokens;
  }

  /**
   * Rows with prompts and completions.
   *
   * @param turns of conversations, which answers are trained
   * @param maxTokens positions of the model
   * @param show rows to show at most
   */
  public static DataPreview of(
      RowSet data, Turns turns, Tokenizer tokenizer, int maxTokens, int show) {
    ChatFormat format = new ChatFormat(tokenizer);
    List<Sequence> sequences =
        data.rows().stream().flatMap(row -> format.sequences(row, turns).stream()).toList();
    DataPreview preview =
        of(
            SequenceFit.of(sequences, maxTokens),
            data.withoutTrainedTokens(),
            data.duplicates(),
            data.leftOut(),
            tokenizer,
            show);
    new TrainedShare(preview.tokens(), preview.trainedTokens()).requireMask();
    return preview;
  }

  /** Documents; every token is trained, in pieces that fill rows. */
  public static DataPreview ofDocuments(List<String> documents, Tokenizer tokenizer, int show) {
    ChatFormat format = new ChatFormat(tokenizer);
    List<Sequence> sequences =
        documents.stream()
            .map(text -> new Sequence(format.documentPrompt(), format.document(text)))
            .toList();
    int duplicates = documents.size() - new HashSet<>(documents).size();
    return of(new SequenceFit(sequences, 0, 0), 0, duplicates, Map.of(), tokenizer, show);
  }

  private static DataPreview of(
      SequenceFit fit,
      int withoutTrainedTokens,
      int duplicates,
      Map<String, Integer> leftOut,
      Tokenizer tokenizer,
      int show) {
    long tokens = fit.sequences().stream().mapToLong(Sequence::length).sum();
    long trained = fit.sequences().stream().mapToLong(Sequence::trainedTokens).sum();
    long ends = fit.sequences().stream().filter(s -> endsTrained(s, tokenizer)).count();
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
        (int) ends,
        leftOut,
        first);
  }

  private static boolean endsTrained(Sequence sequence, Tokenizer tokenizer) {
    int last = sequence.completion().length - 1;
    return sequence.trained(last) && tokenizer.endsTurn(sequence.completion()[last]);
  }

  /**
   * One row, special tokens visible.
   *
   * @param text what the model is given, and in double brackets what it learns to say
   */
  public record Shown(String text) {

    private static Shown of(Sequence sequence, Tokenizer tokenizer) {
      StringBuilder text = new StringBuilder(tokenizer.decodeAll(sequence.prompt()));
      int[] completion = sequence.completion();
      int start = 0;
      while (start < completion.length) {
        int end = start + 1;
        while (end < completion.length && sequence.trained(end) == sequence.trained(start)) {
          end++;
        }
        String part = tokenizer.decodeAll(Arrays.copyOfRange(completion, start, end));
        text.append(sequence.trained(start) ? "[[" + part + "]]" : part);
        start = end;
      }
      return new Shown(text.toString().replace("\n", "\\n"));
    }
  }
}

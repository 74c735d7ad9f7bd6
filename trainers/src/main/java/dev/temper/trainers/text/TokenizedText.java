package dev.temper.trainers.text;

import dev.temper.trainers.template.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * Text as tokens that know where they stand.
 *
 * @param starts first character of each token
 * @param ends one after its last character
 */
record TokenizedText(int[] ids, int[] starts, int[] ends) {

  /**
   * Tokenizes text so that what stands before a span has the ids that it has alone, as when a model
   * is asked with it, and no token lies across the end of one. Where that is not so of the whole
   * text, it is tokenized in pieces.
   */
  static TokenizedText of(String text, List<Span> spans, Tokenizer tokenizer) {
    TokenizedText whole = tokenizer.locate(text);
    TreeSet<Integer> cuts = new TreeSet<>();
    for (Span span : spans) {
      if (!whole.startsWith(tokenizer.encode(text.substring(0, span.start())))) {
        cuts.add(span.start());
      }
      if (whole.crosses(span.end())) {
        cuts.add(span.end());
      }
    }
    return cuts.isEmpty() ? whole : inPieces(text, cuts, tokenizer);
  }

  private boolean startsWith(int[] prefix) {
    return prefix.length <= ids.length
        && Arrays.equals(ids, 0, prefix.length, prefix, 0, prefix.length);
  }

  private boolean crosses(int at) {
    for (int i = 0; i < ids.length; i++) {
      if (starts[i] < at && ends[i] > at) {
        return true;
      }
    }
    return false;
  }

  private static TokenizedText inPieces(String text, TreeSet<Integer> cuts, Tokenizer tokenizer) {
    List<TokenizedText> pieces = new ArrayList<>();
    List<Integer> begins = new ArrayList<>();
    cuts.add(text.length());
    int from = 0;
    for (int to : cuts) {
      pieces.add(tokenizer.locate(text.substring(from, to)));
      begins.add(from);
      from = to;
    }
    int size = pieces.stream().mapToInt(piece -> piece.ids.length).sum();
    TokenizedText joined = new TokenizedText(new int[size], new int[size], new int[size]);
    int at = 0;
    for (int p = 0; p < pieces.size(); p++) {
      TokenizedText piece = pieces.get(p);
      for (int i = 0; i < piece.ids.length; i++, at++) {
        joined.ids[at] = piece.ids[i];
        joined.starts[at] = piece.starts[i] + begins.get(p);
        joined.ends[at] = piece.ends[i] + begins.get(p);
      }
    }
    return joined;
  }

  /** Which tokens start inside one of the spans. */
  boolean[] inside(List<Span> spans) {
    boolean[] inside = new boolean[ids.length];
    for (int i = 0; i < ids.length; i++) {
      for (Span span : spans) {
        inside[i] |= starts[i] >= span.start() && starts[i] < span.end();
      }
    }
    return inside;
  }
}

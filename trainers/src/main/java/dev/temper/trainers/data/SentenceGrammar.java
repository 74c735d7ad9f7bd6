package dev.temper.trainers.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells whether some template makes a sentence.
 *
 * <p>Compiled to one table per word position: word to the set (bits) of templates that accept it
 * there. A sentence is valid if the intersection over its words, with the templates of its length
 * and closing mark, is not empty: one look-up per word, however many templates there are.
 */
final class SentenceGrammar {

  private final List<Map<String, Long>> templatesByWord = new ArrayList<>();
  private final Map<Ending, Long> templatesByEnding = new HashMap<>();

  SentenceGrammar(List<SentenceTemplate> templates) {
    if (templates.size() > Long.SIZE) {
      throw new IllegalArgumentException("at most 64 templates, got " + templates.size());
    }
    for (int i = 0; i < templates.size(); i++) {
      add(templates.get(i), 1L << i);
    }
  }

  private void add(SentenceTemplate template, long bit) {
    for (int position = 0; position < template.words().size(); position++) {
      if (position == templatesByWord.size()) {
        templatesByWord.add(new HashMap<>());
      }
      for (String word : template.words().get(position).choices()) {
        templatesByWord.get(position).merge(word, bit, (a, b) -> a | b);
      }
    }
    Ending ending = new Ending(template.words().size(), template.end());
    templatesByEnding.merge(ending, bit, (a, b) -> a | b);
  }

  /** Whether the text, without spaces around it, is exactly one sentence of some template. */
  boolean accepts(String sentence) {
    if (sentence.isEmpty()) {
      return false;
    }
    int end = sentence.length() - 1;
    long alive = -1;
    int position = 0;
    int start = 0;
    while (start <= end && alive != 0) {
      int space = sentence.indexOf(' ', start);
      int stop = space < 0 ? end : space;
      if (position == templatesByWord.size()) {
        return false;
      }
      alive &= templatesByWord.get(position).getOrDefault(sentence.substring(start, stop), 0L);
      position++;
      start = stop + 1;
    }
    Ending ending = new Ending(position, sentence.charAt(end));
    return (alive & templatesByEnding.getOrDefault(ending, 0L)) != 0;
  }

  private record Ending(int words, char mark) {}
}

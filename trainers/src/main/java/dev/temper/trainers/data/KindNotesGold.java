package dev.temper.trainers.data;

import dev.temper.trainers.registry.Parameter;
import dev.temper.trainers.registry.Parameters;
import dev.temper.trainers.registry.Registration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a note of the kind-notes task is worth.
 *
 * <p>Source: Temper's own synthetic task; the role of the gold reward model of arXiv:2210.10760.
 *
 * <pre>
 *   gold = topic    * [the topic is named]
 *        + praise   * min(distinct praise words, maxPraise)
 *        - bad      * (bad words + "did not like")
 *        - repeat   * (praise words - distinct praise words)
 *        - overlong * max(0, words - limit)
 *        - grammar  * (sentences that no template makes)
 *        - unended  * [it reached the token limit]
 * </pre>
 *
 * <p>A word is a run of letters; a sentence ends with a full stop or an exclamation mark, or where
 * the text does (then no template makes it). An empty note is worth 0 if it ended.
 */
final class KindNotesGold implements GoldScorer {

  static final Registration<GoldScorer> REGISTRATION =
      new Registration<>(
          "Temper's synthetic kind-notes task",
          List.of(
              weight("topic", 1),
              weight("praise", 0.5),
              Parameter.whole("maxPraise", 4, 0, Integer.MAX_VALUE),
              weight("bad", 0.75),
              weight("repeat", 0.5),
              weight("overlong", 0.1),
              Parameter.whole("limit", 24, 0, Integer.MAX_VALUE),
              weight("grammar", 0.75),
              weight("unended", 1)),
          parameters -> new KindNotesGold(Weights.of(parameters)));

  private static final Set<String> PRAISE = Set.copyOf(Slot.PRAISE.words());
  private static final Set<String> BAD = Set.copyOf(Slot.BAD.words());
  private static final String DISLIKE = "did not like";

  private final Weights weights;
  private final SentenceGrammar grammar = new SentenceGrammar(Mood.allTemplates());

  KindNotesGold(Weights weights) {
    this.weights = weights;
  }

  private static Parameter weight(String name, double defaultValue) {
    return Parameter.atLeast(name, defaultValue, 0);
  }

  @Override
  public double score(Prompt prompt, String completion, boolean ended) {
    Counts counts = count(prompt, completion);
    return topic(counts)
        + praise(counts)
        + bad(counts)
        + repeat(counts)
        + overlong(counts)
        + grammar(counts)
        + unended(ended);
  }

  @Override
  public Map<String, Double> parts(Prompt prompt, String completion, boolean ended) {
    Counts counts = count(prompt, completion);
    Map<String, Double> parts = new LinkedHashMap<>();
    parts.put("topic", topic(counts));
    parts.put("praise", praise(counts));
    parts.put("bad", bad(counts));
    parts.put("repeat", repeat(counts));
    parts.put("overlong", overlong(counts));
    parts.put("grammar", grammar(counts));
    parts.put("unended", unended(ended));
    return parts;
  }

  private double topic(Counts counts) {
    return counts.topic() ? weights.topic() : 0;
  }

  private double praise(Counts counts) {
    return weights.praise() * Math.min(counts.distinctPraise(), weights.maxPraise());
  }

  private double bad(Counts counts) {
    return 0 - weights.bad() * counts.bad();
  }

  private double repeat(Counts counts) {
    return 0 - weights.repeat() * (counts.praise() - counts.distinctPraise());
  }

  private double overlong(Counts counts) {
    return 0 - weights.overlong() * Math.max(0, counts.words() - weights.limit());
  }

  private double grammar(Counts counts) {
    return 0 - weights.grammar() * counts.brokenSentences();
  }

  private double unended(boolean ended) {
    return ended ? 0 : 0 - weights.unended();
  }

  private Counts count(Prompt prompt, String completion) {
    String topic = Facts.required(prompt, "topic", "gold scorer 'kind-notes'");
    List<String> words = words(completion);
    Set<String> distinctPraise = new HashSet<>();
    int praise = 0;
    int bad = occurrences(completion, DISLIKE);
    boolean named = false;
    for (String word : words) {
      named |= word.equals(topic);
      if (PRAISE.contains(word)) {
        praise++;
        distinctPraise.add(word);
      }
      if (BAD.contains(word)) {
        bad++;
      }
    }
    return new Counts(
        named, words.size(), praise, distinctPraise.size(), bad, brokenSentences(completion));
  }

  private int brokenSentences(String text) {
    int broken = 0;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      boolean last = i == text.length() - 1;
      if (last || text.charAt(i) == '.' || text.charAt(i) == '!') {
        String sentence = text.substring(start, i + 1).strip();
        if (!sentence.isEmpty() && !grammar.accepts(sentence)) {
          broken++;
        }
        start = i + 1;
      }
    }
    return broken;
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    int start = -1;
    for (int i = 0; i <= text.length(); i++) {
      boolean letter = i < text.length() && isLetter(text.charAt(i));
      if (letter && start < 0) {
        start = i;
      } else if (!letter && start >= 0) {
        words.add(text.substring(start, i));
        start = -1;
      }
    }
    return words;
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static int occurrences(String text, String part) {
    int count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
      count++;
    }
    return count;
  }

  private record Counts(
      boolean topic, int words, int praise, int distinctPraise, int bad, int brokenSentences) {}

  /**
   * What each part counts for.
   *
   * @param maxPraise distinct praise words beyond this add nothing
   * @param limit words beyond this are overlong
   */
  record Weights(
      double topic,
      double praise,
      int maxPraise,
      double bad,
      double repeat,
      double overlong,
      int limit,
      double grammar,
      double unended) {

    static Weights of(Parameters parameters) {
      return new Weights(
          parameters.number("topic"),
          parameters.number("praise"),
          parameters.whole("maxPraise"),
          parameters.number("bad"),
          parameters.number("repeat"),
          parameters.number("overlong"),
          parameters.whole("limit"),
          parameters.number("grammar"),
          parameters.number("unended"));
    }
  }
}

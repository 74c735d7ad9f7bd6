package dev.temper.trainers.text;

import java.util.ArrayList;
import java.util.List;

/**
 * What makes token ids mean the same in two stages, as SHA-256 each.
 *
 * @param tokenizer over {@code tokenizer.json}
 * @param template over the chat templates
 * @param specialTokens over begin, end and padding with their ids, and whether the tokenizer adds
 *     them itself
 */
public record TextIdentity(String tokenizer, String template, String specialTokens) {

  /** What differs, in words; empty where nothing does. */
  public List<String> differences(TextIdentity other) {
    List<String> differences = new ArrayList<>();
    add("tokenizer.json", tokenizer, other.tokenizer, differences);
    add("the chat template", template, other.template, differences);
    add("the special tokens", specialTokens, other.specialTokens, differences);
    return differences;
  }

  private static void add(String what, String mine, String theirs, List<String> differences) {
    if (!mine.equals(theirs)) {
      differences.add("%s (%s, not %s)".formatted(what, start(theirs), start(mine)));
    }
  }

  private static String start(String sha256) {
    return sha256.substring(0, Math.min(12, sha256.length()));
  }
}

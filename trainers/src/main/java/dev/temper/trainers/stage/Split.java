package dev.temper.trainers.stage;

import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.Prompt;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which prompts each named split of compared pairs takes.
 *
 * <p>Splits take whole prompts, in the order of their names (the order in which a recipe declares
 * them is not part of its key), and a text that occurs again is left out: no prompt can be in two
 * splits.
 *
 * @param prompts of all splits together, in order
 * @param pairs pairs by split name
 * @param pairsPerPrompt pairs that the completions of one prompt give
 * @param repeated prompts left out because their text came before
 */
record Split(
    List<Prompt> prompts, SortedMap<String, Integer> pairs, int pairsPerPrompt, int repeated) {

  /**
   * @throws StageFailure DATA_CONTRACT if there are not enough prompts
   */
  static Split of(List<Prompt> candidates, Map<String, Integer> pairs, int pairsPerPrompt) {
    List<Prompt> distinct = new ArrayList<>();
    Set<String> texts = new HashSet<>();
    for (Prompt prompt : candidates) {
      if (texts.add(prompt.text())) {
        distinct.add(prompt);
      }
    }
    int needed = pairs.values().stream().mapToInt(size -> promptsFor(size, pairsPerPrompt)).sum();
    int repeated = candidates.size() - distinct.size();
    if (distinct.size() < needed) {
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT,
          "split %s needs %d different prompts (%d pairs per prompt), got %d (%d more repeat an earlier text)"
              .formatted(new TreeMap<>(pairs), needed, pairsPerPrompt, distinct.size(), repeated));
    }
    return new Split(distinct.subList(0, needed), new TreeMap<>(pairs), pairsPerPrompt, repeated);
  }

  private static int promptsFor(int pairs, int pairsPerPrompt) {
    return (pairs + pairsPerPrompt - 1) / pairsPerPrompt;
  }

  /**
   * Deals the pairs of all prompts out to the splits.
   *
   * @param all {@code pairsPerPrompt} pairs for each prompt, in order
   */
  <T> SortedMap<String, List<T>> deal(List<T> all) {
    SortedMap<String, List<T>> dealt = new TreeMap<>();
    int from = 0;
    for (Map.Entry<String, Integer> split : pairs.entrySet()) {
      dealt.put(split.getKey(), all.subList(from, from + split.getValue()));
      from += promptsFor(split.getValue(), pairsPerPrompt) * pairsPerPrompt;
    }
    return dealt;
  }
}

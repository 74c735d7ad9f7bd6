package dev.temper.trainers.selection;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** The eligible completions, in order of prompt and completion. */
final class Candidates {

  private Candidates() {}

  /** Of each prompt. */
  static List<List<Candidate>> perPrompt(double[][] rewards, boolean[][] eligible) {
    requireSameShape(rewards, eligible);
    List<List<Candidate>> prompts = new ArrayList<>();
    for (int prompt = 0; prompt < rewards.length; prompt++) {
      List<Candidate> candidates = new ArrayList<>();
      for (int completion = 0; completion < rewards[prompt].length; completion++) {
        if (Double.isNaN(rewards[prompt][completion])) {
          throw new IllegalArgumentException(
              "rewards must not be NaN, [%d][%d] is".formatted(prompt, completion));
        }
        if (eligible[prompt][completion]) {
          candidates.add(new Candidate(prompt, completion, rewards[prompt][completion]));
        }
      }
      prompts.add(candidates);
    }
    return prompts;
  }

  /** Of all prompts. */
  static List<Candidate> overall(double[][] rewards, boolean[][] eligible) {
    return perPrompt(rewards, eligible).stream().flatMap(List::stream).toList();
  }

  static int requireK(OptionalInt k, String rule) {
    int kept = k.orElseThrow(() -> new IllegalArgumentException(rule + " needs k"));
    if (kept < 1) {
      throw new IllegalArgumentException("k must be at least 1, got " + kept);
    }
    return kept;
  }

  private static void requireSameShape(double[][] rewards, boolean[][] eligible) {
    if (rewards.length != eligible.length) {
      throw new IllegalArgumentException(
          "rewards and eligible must have the same shape, got %d and %d prompts"
              .formatted(rewards.length, eligible.length));
    }
    for (int prompt = 0; prompt < rewards.length; prompt++) {
      if (rewards[prompt].length != eligible[prompt].length) {
        throw new IllegalArgumentException(
            "rewards and eligible must have the same shape, got %d and %d completions of prompt %d"
                .formatted(rewards[prompt].length, eligible[prompt].length, prompt));
      }
    }
  }

  /** One completion that may be kept. */
  record Candidate(int prompt, int completion, double reward) {
    Candidate {
      // Turns -0.0 into 0.0: they are a tie.
      reward += 0.0;
    }

    int[] pair() {
      return new int[] {prompt, completion};
    }
  }
}

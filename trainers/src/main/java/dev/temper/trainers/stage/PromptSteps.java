package dev.temper.trainers.stage;

import dev.temper.recipes.SamplingSpec;
import dev.temper.trainers.data.Prompt;
import java.util.List;

/**
 * The prompts of a sampling stage, cut into steps of a few generation chunks each: enough for
 * several threads, and few enough that a killed step loses little.
 */
final class PromptSteps {
  /** Not taken from the number of threads: the partition is part of what the bits depend on. */
  private static final int CHUNKS = 4;

  private final List<Prompt> prompts;
  private final int promptsPerStep;

  PromptSteps(List<Prompt> prompts, int samplesPerPrompt, SamplingSpec sampling) {
    this.prompts = List.copyOf(prompts);
    this.promptsPerStep =
        Math.max(1, CHUNKS * sampling.chunkSequences() / Math.max(1, samplesPerPrompt));
  }

  int count() {
    return (prompts.size() + promptsPerStep - 1) / promptsPerStep;
  }

  List<Prompt> at(long step) {
    int from = Math.toIntExact(step * promptsPerStep);
    return prompts.subList(from, Math.min(prompts.size(), from + promptsPerStep));
  }
}

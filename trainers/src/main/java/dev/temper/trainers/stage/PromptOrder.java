package dev.temper.trainers.stage;

import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.random.NamedRandom;
import java.util.Arrays;
import java.util.List;

/** The prompts of every rollout batch: epoch after epoch, each in its own random order. */
final class PromptOrder {
  private final List<Prompt> prompts;
  private final Batches batches;

  PromptOrder(List<Prompt> prompts, int promptsPerStep, long steps, NamedRandom random) {
    if (prompts.isEmpty()) {
      throw new StageFailure(StageFailure.Type.DATA_CONTRACT, "there are no prompts to train on");
    }
    this.prompts = List.copyOf(prompts);
    this.batches = Batches.steps(prompts.size(), promptsPerStep, steps, random);
  }

  List<Prompt> at(long step) {
    return Arrays.stream(batches.at(step)).mapToObj(prompts::get).toList();
  }
}

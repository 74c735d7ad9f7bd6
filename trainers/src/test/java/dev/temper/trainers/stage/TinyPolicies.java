package dev.temper.trainers.stage;

import dev.temper.recipes.Input;
import java.io.IOException;
import java.nio.file.Path;

/** A folder with an untrained policy and two untrained reward models that later stages can use. */
final class TinyPolicies {

  static final Input POLICY = Input.parse("sft");
  static final Input PROXY = Input.parse("rm");
  static final Input HELDOUT = Input.parse("rm-heldout");

  private TinyPolicies() {}

  static void offer(TinyStages stages, Path folder) throws IOException {
    Path policy = TinyModels.policy(folder.resolve("sft"), 1);
    stages.offer("sft", policy);
    stages.offer("rm", TinyModels.rewardModel(folder.resolve("rm"), policy, 2));
    stages.offer("rm-heldout", TinyModels.rewardModel(folder.resolve("rm-heldout"), policy, 3));
  }
}

package dev.temper.recipes;

import java.util.List;
import java.util.Optional;

/**
 * Reinforces a policy: sample groups, score, update.
 *
 * @param reference frozen policy that KL is measured to
 * @param reward reward model; its normalized score is used
 * @param verifiers verifiable rewards added to it, each with parameter {@code weight} (family
 *     {@code verifier})
 * @param steps rollout batches
 * @param promptsPerStep prompts per rollout batch
 * @param completionsPerPrompt group size
 * @param optimizerStepsPerBatch optimizer steps into which a rollout batch is split
 * @param epochsPerBatch passes over a rollout batch
 * @param microBatch sequences that one thread computes together
 * @param advantage family {@code advantage}
 * @param loss family {@code policy-loss}
 * @param snapshotEverySteps grid of kept policies, step 0 and the last step included
 */
public record RlSpec(
    Input init,
    Input reference,
    Optional<Input> reward,
    List<Method> verifiers,
    DataSource prompts,
    int steps,
    int promptsPerStep,
    int completionsPerPrompt,
    int optimizerStepsPerBatch,
    int epochsPerBatch,
    int microBatch,
    int rowTokens,
    SamplingSpec sampling,
    Method advantage,
    Method loss,
    KlSpec kl,
    EndSpec end,
    int snapshotEverySteps,
    double learningRate,
    OptimizerSpec optimizer,
    PanelSpec panel,
    long seed,
    Numerics numerics)
    implements StageSpec {
  public RlSpec {
    verifiers = List.copyOf(verifiers);
  }
}

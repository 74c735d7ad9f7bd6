package dev.temper.recipes.yaml;

import dev.temper.recipes.Stage;
import java.util.Optional;

/**
 * The keys of a stage that are not in its spec: what cannot change its result, and what is resolved
 * before the spec is read.
 *
 * @param seedOf stage whose name the seed is derived from instead of this stage's own, for stages
 *     that are to be compared
 */
record StageSettings(
    String queue,
    int checkpointEverySteps,
    Stage.RetrySpec retry,
    Optional<Stage.Gate> gate,
    Optional<Stage.Timeouts> timeouts,
    Optional<String> seedOf) {}

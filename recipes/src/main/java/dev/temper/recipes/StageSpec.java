package dev.temper.recipes;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * One stage, immutable: workflow input, tracked parameters and artifact key at once.
 *
 * <p>A value that can change the result is in it; one that cannot (checkpoint interval, worker
 * count, bucket) is not.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = PretrainSpec.class, name = "pretrain"),
  @JsonSubTypes.Type(value = ImportSpec.class, name = "import"),
  @JsonSubTypes.Type(value = SftSpec.class, name = "sft"),
  @JsonSubTypes.Type(value = PreferencesSpec.class, name = "preferences"),
  @JsonSubTypes.Type(value = ComparisonsSpec.class, name = "comparisons"),
  @JsonSubTypes.Type(value = RewardModelSpec.class, name = "reward-model"),
  @JsonSubTypes.Type(value = PreferenceTuningSpec.class, name = "preference-tuning"),
  @JsonSubTypes.Type(value = RolloutsSpec.class, name = "rollouts"),
  @JsonSubTypes.Type(value = RejectionSamplingSpec.class, name = "rejection-sampling"),
  @JsonSubTypes.Type(value = BestOfNSpec.class, name = "best-of-n"),
  @JsonSubTypes.Type(value = RlSpec.class, name = "rl"),
  @JsonSubTypes.Type(value = CurveSpec.class, name = "curve"),
  @JsonSubTypes.Type(value = EvaluationSpec.class, name = "evaluation")
})
public sealed interface StageSpec
    permits PretrainSpec,
        ImportSpec,
        SftSpec,
        PreferencesSpec,
        ComparisonsSpec,
        RewardModelSpec,
        PreferenceTuningSpec,
        RolloutsSpec,
        RejectionSamplingSpec,
        BestOfNSpec,
        RlSpec,
        CurveSpec,
        EvaluationSpec {

  /** Root of every random number of this stage. */
  long seed();

  Numerics numerics();
}

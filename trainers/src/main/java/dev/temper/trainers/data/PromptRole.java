package dev.temper.trainers.data;

/** What prompts are used for. */
enum PromptRole {
  SFT("fine-tuning"),
  HELDOUT("held-out loss"),
  PREFERENCES("preferences"),
  ROLLOUTS("rollouts"),
  RL("reinforcement"),
  MEASUREMENT("measurement"),
  EVALUATION("evaluation");

  private final String description;

  PromptRole(String description) {
    this.description = description;
  }

  String description() {
    return description;
  }

  /**
   * Whether a prompt may not have both roles. Two stages of one role may share prompts; the
   * held-out loss chooses nothing, so that measurement and evaluation may look at the same rows.
   */
  boolean conflictsWith(PromptRole other) {
    if (this == HELDOUT || other == HELDOUT) {
      return this != other && !(measures() || other.measures());
    }
    return this != other;
  }

  private boolean measures() {
    return this == MEASUREMENT || this == EVALUATION;
  }
}

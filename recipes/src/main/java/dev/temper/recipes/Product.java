package dev.temper.recipes;

/** What an output of a stage is, so that a hand-over of the wrong thing is refused early. */
public enum Product {
  POLICY("a policy"),
  SNAPSHOTS("a policy with its snapshots (the default output of an rl stage)"),
  REWARD_MODEL("a reward model"),
  PAIRS("compared pairs"),
  ROLLOUTS("rollouts"),
  COMPLETIONS("selected completions"),
  BEST_OF_N("a best-of-n sweep"),
  CURVE("an over-optimization curve"),
  EVALUATION("an evaluation");

  private final String words;

  Product(String words) {
    this.words = words;
  }

  /** As it is called in messages. */
  public String words() {
    return words;
  }

  /** Whether it can stand where {@code expected} is asked for. */
  public boolean fits(Product expected) {
    return this == expected || (this == SNAPSHOTS && expected == POLICY);
  }
}

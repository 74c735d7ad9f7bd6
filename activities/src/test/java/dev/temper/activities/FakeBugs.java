package dev.temper.activities;

/** What a test lets go wrong inside a {@link FakeTask}. */
interface FakeBugs {

  FakeBugs NONE = new FakeBugs() {};

  /** Whether one field of the state is lost on the way through a checkpoint. */
  default boolean forgetsAverage() {
    return false;
  }

  /** Called before a step is made; may throw. */
  default void beforeStep(long step) {}

  default double loss(long step, double loss) {
    return loss;
  }
}

package dev.temper.trainers.stage;

/** When something that happens every so often is due. */
final class Due {

  private Due() {}

  /**
   * Before the first step, after the last one, and after every {@code every}th.
   *
   * @param every 0 for the first and last only
   */
  static boolean at(long step, long totalSteps, int every) {
    return step == 0 || step == totalSteps || (every > 0 && step % every == 0);
  }
}

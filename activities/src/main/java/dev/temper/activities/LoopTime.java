package dev.temper.activities;

/**
 * Where the time of an attempt's steps went.
 *
 * @param loopNanos since the first step began
 * @param stalledNanos of these, how long the loop stood still for checkpoints: while state was
 *     copied, and while it waited for one that was still being written
 * @param checkpoints that were started
 */
record LoopTime(long loopNanos, long stalledNanos, int checkpoints) {

  static final LoopTime NONE = new LoopTime(0, 0, 0);
}

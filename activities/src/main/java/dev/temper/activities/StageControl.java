package dev.temper.activities;

/** The way from the driver to whoever runs it. */
public interface StageControl {

  /** A sign of life with the way that was made. Never throws. */
  void report(StageProgress progress);

  /** Between steps: throws if this attempt has to end. {@link #maySave} says how. */
  void stopIfAsked();

  /** Whether an attempt that was stopped may write a last checkpoint: not if it was replaced. */
  boolean maySave(RuntimeException stop);
}

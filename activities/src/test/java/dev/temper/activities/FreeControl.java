package dev.temper.activities;

/** Nobody asks to stop. */
class FreeControl implements StageControl {

  @Override
  public void report(StageProgress progress) {}

  @Override
  public void stopIfAsked() {}

  @Override
  public boolean maySave(RuntimeException stop) {
    return true;
  }
}

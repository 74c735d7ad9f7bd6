package dev.temper.infra.run;

/** Hears what happens to the stages of a run, on whatever thread it happens. */
public interface RunListener {

  /** A stage started, finished, failed or waits. */
  void changed(StageRecord stage);

  /** A stage made steps; at most a few times a second. */
  void progressed(ShownProgress progress);

  /** Something to know that changes no status, such as a checkpoint that could not be used. */
  void noted(String stage, String note);
}

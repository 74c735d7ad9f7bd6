package dev.temper.activities;

import dev.temper.workflows.StageRequest;
import dev.temper.workflows.StageResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Follows a run. The durable files of a stage are written by the driver itself into {@link
 * #folder}; everything else is told as it happens, on the stage's own thread.
 */
public interface RunTracker {

  /**
   * The stage's folder in the run folder, made if it is not there. The driver keeps in it {@code
   * metrics.jsonl}, {@code committed.json}, {@code attempts.jsonl}, the artifact's attachments, and
   * after a divergence {@code diverged/}.
   */
  Path folder(String run, String stage) throws IOException;

  /** A stage is asked for, before anything else is told of it; comes again with every attempt. */
  default void requested(StageRequest request) {}

  /** An attempt begins to compute; not called for a cached stage. */
  void started(String run, String stage, StageProgress progress);

  /** After every step, so it must be cheap. */
  void progress(String run, String stage, StageProgress progress);

  /** The metrics of a step, after they were written to the journal. */
  void metrics(String run, String stage, long step, Map<String, Double> metrics);

  /**
   * The journal's lines up to a step are covered by a committed checkpoint, or all of them by the
   * artifact: they will never change, and {@code committed.json} says so. Later lines may be
   * executed again, at other times. Comes from the thread that writes checkpoints; must be cheap.
   */
  default void committed(String run, String stage, long step) {}

  /** Something that a person should know: waits for another run, passed over a checkpoint. */
  void note(String run, String stage, String note);

  /** The stage's artifact is there, made by this attempt or found ({@code cached}). */
  void finished(String run, StageResult result);

  /** An attempt failed; {@code last} if there will be no other. */
  void failed(String run, String stage, StageEnd end);

  /**
   * How an attempt failed.
   *
   * @param type from the closed list, or the class of the exception
   * @param last whether there will be no other attempt
   */
  record StageEnd(String type, String message, int attempt, boolean last) {}
}

package dev.temper.infra.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One stage in run.json.
 *
 * @param inputs as in the recipe: {@code sft}, {@code pairs.train}
 * @param cached whether its artifact was there before this run needed it
 * @param attempts how often it was started, over all processes of the run; 0 while pending or
 *     cached
 * @param resumedFromStep step of the checkpoint that the last attempt went on from; 0 for none
 * @param steps steps of the result
 * @param seconds time spent in all attempts
 * @param artifact stage key
 * @param content SHA-256 over the sorted paths and hashes of the artifact's content files
 * @param metrics summary metrics; the newest logged ones while it runs
 * @param message why it failed or what it waits for
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record StageRecord(
    String name,
    String kind,
    List<String> inputs,
    RunStatus status,
    boolean cached,
    int attempts,
    long resumedFromStep,
    long steps,
    double seconds,
    Optional<String> artifact,
    Optional<String> content,
    Map<String, Double> metrics,
    Optional<String> message) {

  public StageRecord {
    inputs = List.copyOf(inputs);
    metrics = java.util.Collections.unmodifiableMap(new TreeMap<>(metrics));
  }

  /** A stage that nothing has happened to. */
  public static StageRecord pending(String name, String kind, List<String> inputs) {
    return new StageRecord(
        name,
        kind,
        inputs,
        RunStatus.PENDING,
        false,
        0,
        0,
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Optional.empty());
  }

  /** It has to be run, or finished; what earlier attempts took is kept. */
  public StageRecord pendingAgain() {
    return new StageRecord(
        name,
        kind,
        inputs,
        RunStatus.PENDING,
        cached,
        attempts,
        resumedFromStep,
        steps,
        seconds,
        artifact,
        content,
        metrics,
        Optional.empty());
  }

  /** It runs, for the n-th time, from a step. */
  public StageRecord started(int attempt, long fromStep) {
    return new StageRecord(
        name,
        kind,
        inputs,
        RunStatus.RUNNING,
        false,
        attempt,
        fromStep,
        fromStep,
        seconds,
        Optional.empty(),
        Optional.empty(),
        metrics,
        Optional.empty());
  }

  /** It has done some steps. */
  public StageRecord at(long step, double secondsInAll, Map<String, Double> newest) {
    return new StageRecord(
        name,
        kind,
        inputs,
        status,
        cached,
        attempts,
        resumedFromStep,
        step,
        secondsInAll,
        artifact,
        content,
        newest,
        message);
  }

  /** Its artifact is there. */
  public StageRecord finished(
      boolean wasCached, long stepsInAll, String key, String hash, Map<String, Double> summary) {
    return new StageRecord(
        name,
        kind,
        inputs,
        RunStatus.FINISHED,
        wasCached,
        attempts,
        resumedFromStep,
        stepsInAll,
        seconds,
        Optional.of(key),
        Optional.of(hash),
        summary,
        Optional.empty());
  }

  /** It was made in that many attempts, the last of which went on from a step. */
  StageRecord madeIn(int attemptsInAll, long fromStep) {
    return new StageRecord(
        name,
        kind,
        inputs,
        status,
        cached,
        attemptsInAll,
        fromStep,
        steps,
        seconds,
        artifact,
        content,
        metrics,
        message);
  }

  /** As it looks to a process that found the artifact. */
  StageRecord asCached() {
    return new StageRecord(
        name,
        kind,
        inputs,
        status,
        true,
        attempts,
        resumedFromStep,
        steps,
        seconds,
        artifact,
        content,
        metrics,
        message);
  }

  /** It ended or waits, and why. */
  public StageRecord with(RunStatus newStatus, String why) {
    return new StageRecord(
        name,
        kind,
        inputs,
        newStatus,
        cached,
        attempts,
        resumedFromStep,
        steps,
        seconds,
        artifact,
        content,
        metrics,
        Optional.of(why));
  }
}

package dev.temper.workflows;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of one stage. Names its stage, since a replay matches results by order only.
 *
 * @param stage whose result this is
 * @param kind for example {@code sft}
 * @param key of the artifact
 * @param content hash of what later stages can read of the artifact
 * @param cached whether the artifact was there already
 * @param attempts this one included
 * @param resumedFromStep step of the checkpoint that the last attempt went on from; 0 for none
 * @param steps of the whole stage
 * @param seconds that the last attempt took, waiting included
 * @param outputs folder inside the artifact by output name
 * @param metrics final metrics
 * @param notes what a person should know, such as a damaged checkpoint that was passed over
 */
public record StageResult(
    String stage,
    String kind,
    String key,
    String content,
    boolean cached,
    int attempts,
    long resumedFromStep,
    long steps,
    double seconds,
    Map<String, String> outputs,
    Map<String, Double> metrics,
    List<String> notes) {
  public StageResult {
    outputs = Collections.unmodifiableMap(new TreeMap<>(outputs));
    metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
    notes = List.copyOf(notes);
  }
}

package dev.temper.infra.mlflow;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunTag;

/**
 * Sends metrics, parameters and tags to a run in batches that MLflow takes: 1,000 entities, 100
 * parameters, 100 tags, 1 MB.
 *
 * <p>A batch is all there or not at all, and lines go out in order: the highest step that MLflow
 * knows is the mark up to which all is there. The same mark stands in a tag, for people.
 */
final class Batches {

  private static final int ENTITIES = 999; // and one tag
  private static final int OTHERS = 100;
  private static final int BYTES = 700_000; // of 1 MB, with room for escapes
  private static final int OVERHEAD = 110; // of one metric, beside its key
  private static final int TAG_LENGTH = 5000;
  private static final int GIVE_UP_AFTER = 20;

  private final MlflowCalls calls;
  private final Moments moments;
  private final List<String> rejected = new ArrayList<>();

  /** Named moments at which a test or a kill harness may stop. */
  interface Moments {
    void at(String moment);
  }

  Batches(MlflowCalls calls, Moments moments) {
    this.calls = calls;
    this.moments = moments;
  }

  /** What the server has refused so far. */
  List<String> rejected() {
    return List.copyOf(rejected);
  }

  /**
   * Sends the lines after the mark.
   *
   * @param prefix of every key
   * @param mark tag that says how far it is sent
   * @return lines sent
   */
  int lines(Run run, String prefix, String mark, List<Journal.Line> lines) {
    long sent = Math.max(newestStep(run, prefix), marked(run, mark));
    List<Metric> batch = new ArrayList<>();
    int bytes = 0;
    int count = 0;
    long last = sent;
    for (Journal.Line line : lines) {
      if (line.step() <= sent) {
        continue;
      }
      List<Metric> metrics = metrics(prefix, line);
      int size = metrics.stream().mapToInt(it -> it.getKey().length() + OVERHEAD).sum();
      if (!batch.isEmpty() && (batch.size() + metrics.size() > ENTITIES || bytes + size > BYTES)) {
        send(run, batch, mark, last);
        batch.clear();
        bytes = 0;
      }
      batch.addAll(metrics);
      bytes += size;
      last = line.step();
      count++;
    }
    if (!batch.isEmpty()) {
      send(run, batch, mark, last);
    }
    return count;
  }

  private static List<Metric> metrics(String prefix, Journal.Line line) {
    List<Metric> metrics = new ArrayList<>();
    line.metrics()
        .forEach(
            (name, value) ->
                metrics.add(
                    Metric.newBuilder()
                        .setKey(Keys.of(prefix + name))
                        .setValue(value)
                        .setTimestamp(line.time())
                        .setStep(line.step())
                        .build()));
    return metrics;
  }

  private void send(Run run, List<Metric> batch, String mark, long step) {
    List<Metric> all = List.copyOf(batch);
    for (int from = 0; from < all.size(); from += ENTITIES) {
      List<Metric> part = all.subList(from, Math.min(all.size(), from + ENTITIES));
      boolean whole = from + ENTITIES >= all.size();
      List<RunTag> tags = whole ? List.of(tag(mark, Long.toString(step))) : List.of();
      moments.at("tracker.before-batch");
      post(run.getInfo().getRunId(), part, tags);
      moments.at("tracker.after-batch");
    }
  }

  /** What the server refuses is looked for by halves and left out; the rest is kept. */
  private void post(String run, List<Metric> metrics, List<RunTag> tags) {
    try {
      calls.logBatch(run, metrics, List.of(), tags);
    } catch (MlflowFailure e) {
      if (!e.rejected()) {
        throw e;
      }
      if (metrics.size() <= 1) {
        reject(metrics, e);
        calls.logBatch(run, List.of(), List.of(), tags);
        return;
      }
      int half = metrics.size() / 2;
      post(run, metrics.subList(0, half), List.of());
      post(run, metrics.subList(half, metrics.size()), tags);
    }
  }

  private void reject(List<Metric> metrics, MlflowFailure e) {
    for (Metric metric : metrics) {
      rejected.add(
          "%s = %s at step %d: %s"
              .formatted(metric.getKey(), metric.getValue(), metric.getStep(), e.getMessage()));
    }
    if (metrics.isEmpty() || rejected.size() >= GIVE_UP_AFTER) {
      throw e; // not a few bad values: the server refuses everything
    }
  }

  /** Highest step under a prefix that MLflow knows; those of summaries do not count. */
  private static long newestStep(Run run, String prefix) {
    return run.getData().getMetricsList().stream()
        .filter(metric -> metric.getKey().startsWith(prefix))
        .filter(metric -> !metric.getKey().startsWith(Summaries.PREFIX))
        .mapToLong(Metric::getStep)
        .max()
        .orElse(Long.MIN_VALUE);
  }

  private static long marked(Run run, String mark) {
    return MlflowRuns.tag(run, mark)
        .filter(value -> value.matches("-?\\d{1,18}"))
        .map(Long::parseLong)
        .orElse(Long.MIN_VALUE);
  }

  /** Sends single values that MLflow does not have yet at that step. */
  void values(Run run, String prefix, Journal.Line line) {
    List<Metric> missing = new ArrayList<>();
    for (Metric metric : metrics(prefix, line)) {
      boolean there =
          run.getData().getMetricsList().stream()
              .anyMatch(
                  known ->
                      known.getKey().equals(metric.getKey())
                          && known.getStep() == metric.getStep()
                          && known.getValue() == metric.getValue());
      if (!there) {
        missing.add(metric);
      }
    }
    for (int from = 0; from < missing.size(); from += ENTITIES) {
      post(
          run.getInfo().getRunId(),
          missing.subList(from, Math.min(missing.size(), from + ENTITIES)),
          List.of());
    }
  }

  /** Sends parameters that MLflow does not have yet: they never change. */
  void parameters(Run run, Map<String, String> wanted) {
    Map<String, String> missing = new LinkedHashMap<>(wanted);
    run.getData().getParamsList().forEach(param -> missing.remove(param.getKey()));
    List<Param> batch = new ArrayList<>();
    int bytes = 0;
    for (Map.Entry<String, String> entry : missing.entrySet()) {
      int size = size(entry.getKey()) + size(entry.getValue());
      if (batch.size() == OTHERS || bytes + size > BYTES) {
        calls.logBatch(run.getInfo().getRunId(), List.of(), batch, List.of());
        batch = new ArrayList<>();
        bytes = 0;
      }
      batch.add(Param.newBuilder().setKey(entry.getKey()).setValue(entry.getValue()).build());
      bytes += size;
    }
    if (!batch.isEmpty()) {
      calls.logBatch(run.getInfo().getRunId(), List.of(), batch, List.of());
    }
  }

  /** Sends tags that MLflow has otherwise or not. */
  void tags(Run run, Map<String, String> wanted) {
    List<RunTag> changed = new ArrayList<>();
    wanted.forEach(
        (key, value) -> {
          String cut = value.length() > TAG_LENGTH ? value.substring(0, TAG_LENGTH) : value;
          Optional<String> known = MlflowRuns.tag(run, key);
          if (!known.equals(Optional.of(cut)) && !(cut.isEmpty() && known.isEmpty())) {
            changed.add(tag(key, cut));
          }
        });
    for (int from = 0; from < changed.size(); from += OTHERS) {
      calls.logBatch(
          run.getInfo().getRunId(),
          List.of(),
          List.of(),
          changed.subList(from, Math.min(changed.size(), from + OTHERS)));
    }
  }

  private static RunTag tag(String key, String value) {
    return RunTag.newBuilder().setKey(key).setValue(value).build();
  }

  private static int size(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length + 30;
  }
}

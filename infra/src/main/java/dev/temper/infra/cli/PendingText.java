package dev.temper.infra.cli;

import dev.temper.infra.temporal.PendingStage;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the server says of a stage that has not ended: which attempt it is in, whether a worker has
 * it, and why the attempt before ended.
 *
 * @param polled whether anybody polls its queue
 */
record PendingText(PendingStage stage, boolean polled, Instant now) {

  /** For people; begins with what it waits for, if it waits. */
  List<String> parts() {
    List<String> parts = new ArrayList<>();
    switch (state()) {
      case "back-off" -> {
        Instant next = stage.next().orElseThrow();
        double seconds = Math.max(0, Duration.between(now, next).toMillis() / 1000.0);
        parts.add(
            "next try in %s (%s)"
                .formatted(Durations.text(seconds), next.truncatedTo(ChronoUnit.SECONDS)));
      }
      case "no-worker" ->
          parts.add(
              "no worker polls the queue '%s'; start one: temper worker --queue %s"
                  .formatted(stage.queue(), stage.queue()));
      case "waiting" -> parts.add("waits for a worker of the queue '%s'".formatted(stage.queue()));
      default -> {} // it runs, and its progress says more
    }
    parts.add("attempt " + stage.attemptInAll());
    if (stage.attempt() > 1) {
      stage.failure().ifPresent(why -> parts.add("the one before ended: " + why));
    }
    return parts;
  }

  /** For programs. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("state", state());
    json.put("queue", stage.queue());
    json.put("attempt", stage.attemptInAll());
    stage.next().ifPresent(next -> json.put("nextAttemptAt", next.toString()));
    stage.failure().ifPresent(why -> json.put("lastFailure", why));
    return json;
  }

  /** {@code running}, {@code back-off}, {@code no-worker} or {@code waiting}. */
  private String state() {
    if (!stage.waiting()) {
      return "running";
    }
    return stage.next().isPresent() ? "back-off" : polled ? "waiting" : "no-worker";
  }
}

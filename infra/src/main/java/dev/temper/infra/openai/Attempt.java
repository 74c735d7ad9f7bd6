package dev.temper.infra.openai;

import dev.temper.trainers.CompletionServers;
import java.time.Duration;
import java.util.Optional;

/** What became of one request. */
sealed interface Attempt {

  record Answered(CompletionServers.Reply reply) implements Attempt {}

  /**
   * No completion, and another request may bring one.
   *
   * @param after what the server asks to wait
   */
  record Failed(String why, Optional<Duration> after) implements Attempt {
    Failed(String why) {
      this(why, Optional.empty());
    }
  }

  /** The same request would be refused again. */
  record Refused(String why) implements Attempt {}
}

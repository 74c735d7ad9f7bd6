package dev.temper.infra.openai;

import dev.temper.recipes.ServerSpec;
import dev.temper.trainers.CompletionServers;
import dev.temper.trainers.GenerationFailedException;
import java.time.Duration;

/** Asks until there is a completion, a refusal, or no patience left. */
final class Repetition {

  static final int TRIES = 5;
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private final OpenAiTransport transport;
  private final Pause pause;

  Repetition(OpenAiTransport transport, Pause pause) {
    this.transport = transport;
    this.pause = pause;
  }

  CompletionServers.Reply ask(ServerSpec server, String body) throws InterruptedException {
    for (int tried = 1; ; tried++) {
      Attempt attempt = transport.post(server, body);
      if (attempt instanceof Attempt.Answered answered) {
        return answered.reply();
      }
      if (attempt instanceof Attempt.Refused refused) {
        throw new GenerationFailedException(
            "no completion of model '%s': %s".formatted(server.model(), refused.why()));
      }
      Attempt.Failed failed = (Attempt.Failed) attempt;
      if (tried == TRIES) {
        throw new GenerationFailedException(
            "no completion of model '%s' in %d tries: %s"
                .formatted(server.model(), TRIES, failed.why()));
      }
      pause.of(wait(failed, tried));
    }
  }

  /** What the server asks for, within reason; else twice as long each time. */
  private static Duration wait(Attempt.Failed failed, int tried) {
    Duration asked = failed.after().orElse(FIRST.multipliedBy(1L << (tried - 1)));
    return asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
  }
}

package dev.temper.infra.openai;

import dev.temper.recipes.SamplingSpec;
import dev.temper.recipes.ServerSpec;
import dev.temper.trainers.CompletionServers;
import dev.temper.trainers.GenerationFailedException;
import dev.temper.trainers.Pulse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Several requests at a time, each repeated where that can help; the first that fails for good ends
 * all.
 */
public final class OpenAiServers implements CompletionServers {

  /** Environment variable with the key that servers want to see. */
  public static final String KEY = "TEMPER_OPENAI_API_KEY";

  private static final int BEAT_MILLIS = 200;

  private final Repetition repetition;

  /**
   * @param environment with {@link #KEY}, if it is set
   */
  public OpenAiServers(Map<String, String> environment) {
    this(environment, Pause.REAL);
  }

  OpenAiServers(Map<String, String> environment, Pause pause) {
    Optional<String> key =
        Optional.ofNullable(environment.get(KEY)).map(String::strip).filter(k -> !k.isEmpty());
    this.repetition = new Repetition(new OpenAiTransport(key), pause);
  }

  @Override
  public List<Reply> ask(SamplingSpec sampling, List<Question> questions, Pulse pulse) {
    if (questions.isEmpty()) {
      return List.of();
    }
    ServerSpec server = sampling.server().orElseThrow();
    ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.min(server.concurrency(), questions.size()), OpenAiServers::thread);
    try {
      ExecutorCompletionService<Answered> done = new ExecutorCompletionService<>(threads);
      for (int i = 0; i < questions.size(); i++) {
        int index = i;
        String body = CompletionRequest.body(sampling, questions.get(i));
        done.submit(() -> new Answered(index, repetition.ask(server, body)));
      }
      return replies(done, questions.size(), pulse);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while a server was asked");
    } finally {
      threads.shutdownNow();
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "completions");
    thread.setDaemon(true);
    return thread;
  }

  private static List<Reply> replies(
      ExecutorCompletionService<Answered> done, int count, Pulse pulse)
      throws InterruptedException {
    Reply[] replies = new Reply[count];
    for (int answered = 0; answered < count; ) {
      Future<Answered> next = done.poll(BEAT_MILLIS, TimeUnit.MILLISECONDS);
      pulse.beat();
      if (next != null) {
        Answered found = answered(next);
        replies[found.index()] = found.reply();
        answered++;
      }
    }
    return new ArrayList<>(Arrays.asList(replies));
  }

  private static Answered answered(Future<Answered> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GenerationFailedException failed) {
        throw failed;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private record Answered(int index, Reply reply) {}
}

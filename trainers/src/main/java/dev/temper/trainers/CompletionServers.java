package dev.temper.trainers;

import dev.temper.recipes.SamplingSpec;
import java.util.List;

/** The servers that sampling specs name. */
@FunctionalInterface
public interface CompletionServers {

  /** Where no server can be asked. */
  CompletionServers NONE =
      (sampling, questions, pulse) -> {
        throw new IllegalStateException("there is nothing here that could ask a server");
      };

  /**
   * One reply to each question, in their order, by the server that the spec names.
   *
   * @throws GenerationFailedException if a question got no reply, although it was asked again where
   *     that could help; never is there a reply that the server did not give
   * @throws java.util.concurrent.CancellationException if the thread was interrupted
   */
  List<Reply> ask(SamplingSpec sampling, List<Question> questions, Pulse pulse);

  /**
   * What a completion is wanted of.
   *
   * @param tokens the rendered prompt
   * @param messages the same before it was rendered
   * @param seed of the random numbers, from 0
   */
  record Question(int[] tokens, List<Turn> messages, int seed) {
    public Question {
      messages = List.copyOf(messages);
    }
  }

  /** What one side says. */
  record Turn(String role, String content) {}

  /**
   * A completion.
   *
   * @param text without special tokens; empty where the model had nothing to say
   * @param ended whether the model stopped by itself
   */
  record Reply(String text, boolean ended) {}
}

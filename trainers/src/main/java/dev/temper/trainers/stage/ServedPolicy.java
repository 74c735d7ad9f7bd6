package dev.temper.trainers.stage;

import dev.temper.recipes.SamplingSpec;
import dev.temper.recipes.ServerSpec;
import dev.temper.trainers.CompletionServers;
import dev.temper.trainers.GenerationFailedException;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.model.Completion;
import dev.temper.trainers.model.Uniforms;
import dev.temper.trainers.text.ChatFormat;
import dev.temper.trainers.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A server's model that speaks with the tokenizer and the prompts of a policy.
 *
 * <p>What comes back is text. Its token ids are those of the policy's tokenizer, which need not be
 * those that were sampled, and it has no log-probabilities.
 */
record ServedPolicy(Tokenizer tokenizer, ChatFormat format, CompletionServers servers)
    implements CompletionSource {

  static ServedPolicy open(Path folder, CompletionServers servers) throws IOException {
    return Opened.all(
        opened -> {
          Tokenizer tokenizer = opened.keep(Tokenizer.load(folder), Tokenizer::close);
          return new ServedPolicy(tokenizer, new ChatFormat(tokenizer), servers);
        });
  }

  @Override
  public List<Written> complete(
      List<Asked> asked, SamplingSpec sampling, Uniforms noise, Pulse pulse) {
    boolean chat = sampling.server().orElseThrow().api().equals(ServerSpec.CHAT);
    List<CompletionServers.Question> questions = new ArrayList<>(asked.size());
    for (int i = 0; i < asked.size(); i++) {
      questions.add(
          new CompletionServers.Question(
              asked.get(i).tokens(),
              chat ? messages(asked.get(i).prompt()) : List.of(),
              seed(noise, i)));
    }
    return servers.ask(sampling, questions, pulse).stream()
        .map(reply -> written(reply, sampling.maxCompletionTokens()))
        .toList();
  }

  private static List<CompletionServers.Turn> messages(Prompt prompt) {
    return prompt.messages().isEmpty()
        ? List.of(new CompletionServers.Turn("user", prompt.text()))
        : prompt.messages().stream()
            .map(said -> new CompletionServers.Turn(said.role(), said.content()))
            .toList();
  }

  /** 31 bits of the request's own random numbers. */
  private static int seed(Uniforms noise, int request) {
    return (int) (noise.at(request, 0) * 0x1p24f) << 7 | (int) (noise.at(request, 1) * 0x1p7f);
  }

  /** In the policy's tokens an answer may be longer than in the server's: it is cut there. */
  private Written written(CompletionServers.Reply reply, int limit) {
    int[] tokens = format.spoken(reply.text(), reply.ended());
    if (tokens.length == 0) {
      throw new GenerationFailedException(
          "an answer that did not end has no tokens: '%s'".formatted(reply.text()));
    }
    if (tokens.length <= limit) {
      return new Written(
          new Completion(tokens, Completion.NO_LOG_PROBS, reply.ended()), reply.text());
    }
    Completion cut = new Completion(Arrays.copyOf(tokens, limit), Completion.NO_LOG_PROBS, false);
    return new Written(cut, format.text(cut));
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}

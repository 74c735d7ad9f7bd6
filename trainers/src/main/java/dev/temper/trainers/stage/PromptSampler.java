package dev.temper.trainers.stage;

import dev.temper.recipes.SamplingSpec;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.model.Completion;
import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.random.NamedRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Samples completions of prompts.
 *
 * <p>The random numbers of a completion are named by (step, prompt, sample, token), so that two
 * policies that are asked the same prompts at the same step are compared on the same noise.
 */
final class PromptSampler {
  private final SamplingSpec sampling;
  private final NamedRandom random;

  PromptSampler(SamplingSpec sampling, NamedRandom random) {
    this.sampling = sampling;
    this.random = random;
  }

  /** All samples of the first prompt, then all of the second, and so on. */
  List<Answer> sample(
      CompletionSource policy, List<Prompt> prompts, int samplesPerPrompt, long step, Pulse pulse) {
    List<CompletionSource.Asked> asked = new ArrayList<>();
    List<Integer> samples = new ArrayList<>();
    Map<Long, Integer> taken = new HashMap<>();
    for (Prompt prompt : prompts) {
      int[] ids = policy.format().prompt(prompt);
      for (int i = 0; i < samplesPerPrompt; i++) {
        asked.add(new CompletionSource.Asked(prompt, ids));
        // A prompt that stands twice in one batch gets fresh noise the second time.
        samples.add(taken.merge(prompt.id(), 1, Integer::sum) - 1);
      }
    }
    pulse.at("rollout.before");
    List<CompletionSource.Written> written =
        policy.complete(
            asked,
            sampling,
            (sequence, position) ->
                random.uniform(
                    step, asked.get(sequence).prompt().id(), samples.get(sequence), position),
            () -> pulse.at("rollout.inside"));
    pulse.at("rollout.after");
    List<Answer> answers = new ArrayList<>(written.size());
    for (int i = 0; i < written.size(); i++) {
      Completion completion = written.get(i).completion();
      answers.add(
          new Answer(
              asked.get(i).prompt(),
              samples.get(i),
              new Sequence(asked.get(i).tokens(), completion.tokens()),
              completion,
              written.get(i).text()));
    }
    return answers;
  }
}

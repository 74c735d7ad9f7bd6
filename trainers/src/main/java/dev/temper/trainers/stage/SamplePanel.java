package dev.temper.trainers.stage;

import dev.temper.recipes.Method;
import dev.temper.recipes.PanelSpec;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.data.DataSources;
import dev.temper.trainers.data.Golds;
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.data.Verifiers;
import dev.temper.trainers.random.NamedRandom;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;

/**
 * A fixed panel of prompts, sampled with the same random numbers each time, so that what changes
 * between two looks is the policy alone.
 */
final class SamplePanel {

  /** Who judges a completion, by the fact that it needs to know. */
  private static final Map<String, Scorer> SCORERS =
      Map.of(
          "topic", Golds.create(new Method("kind-notes", Map.of()))::score,
          "answer", Verifiers.create(new Method("exact-match", Map.of()))::score);

  private final PanelSpec spec;
  private final List<Prompt> prompts;
  private final PromptSampler sampler;

  private SamplePanel(PanelSpec spec, List<Prompt> prompts, PromptSampler sampler) {
    this.spec = spec;
    this.prompts = prompts;
    this.sampler = sampler;
  }

  /**
   * @param spec its first {@code rows} different prompts are the panel
   * @param own prompts of the stage itself, for a panel that names none; empty for a stage without
   *     prompts, which then has no panel
   */
  static SamplePanel of(PanelSpec spec, List<Prompt> own, DataSources sources, long seed)
      throws IOException {
    List<Prompt> candidates =
        spec.prompts().isPresent() ? sources.prompts(spec.prompts().get()) : own;
    Set<String> texts = new HashSet<>();
    List<Prompt> prompts =
        candidates.stream().filter(prompt -> texts.add(prompt.text())).limit(spec.rows()).toList();
    return new SamplePanel(
        spec, prompts, new PromptSampler(spec.sampling(), new NamedRandom(seed, "panel")));
  }

  /** Before the first step, after the last one, and every so often in between. */
  boolean due(long step, long totalSteps) {
    return !prompts.isEmpty() && Due.at(step, totalSteps, spec.everySteps());
  }

  Look sample(ModelFolder.Policy policy, long step, Pulse pulse) {
    // Always the random numbers of step 0: the noise is part of the panel.
    List<Answer> answers = sampler.sample(policy, prompts, 1, 0, pulse);
    List<SampleLine> lines = new ArrayList<>();
    for (Answer answer : answers) {
      lines.add(
          new SampleLine(
              step,
              answer.prompt().text(),
              answer.text(),
              answer.completion().ended(),
              gold(answer.prompt(), answer.text(), answer.completion().ended()),
              Optional.empty()));
    }
    return new Look(lines, metrics(lines, answers));
  }

  private static Optional<Double> gold(Prompt prompt, String text, boolean ended) {
    return prompt.facts().keySet().stream()
        .filter(SCORERS::containsKey)
        .findFirst()
        .map(fact -> SCORERS.get(fact).score(prompt, text, ended));
  }

  private static Map<String, Double> metrics(List<SampleLine> lines, List<Answer> answers) {
    Map<String, Double> metrics = new TreeMap<>();
    metrics.put(
        "samples/termination",
        lines.stream().mapToDouble(line -> line.ended() ? 1 : 0).average().orElse(0));
    metrics.put(
        "samples/completion_tokens",
        answers.stream().mapToDouble(Answer::tokens).average().orElse(0));
    OptionalDouble gold =
        lines.stream().flatMap(line -> line.gold().stream()).mapToDouble(g -> g).average();
    gold.ifPresent(mean -> metrics.put("samples/gold", mean));
    return metrics;
  }

  /** What a look at the panel showed. */
  record Look(List<SampleLine> lines, Map<String, Double> metrics) {}

  private interface Scorer {
    double score(Prompt prompt, String completion, boolean ended);
  }
}

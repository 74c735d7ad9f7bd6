package dev.temper.infra.cli;

import dev.temper.recipes.SamplingSpec;
import dev.temper.trainers.Compute;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.model.Completion;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.model.LanguageModel;
import dev.temper.trainers.random.NamedRandom;
import dev.temper.trainers.text.ChatFormat;
import dev.temper.trainers.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Talks to a model. */
@Command(name = "sample", description = "samples completions from a model")
final class SampleCommand implements Callable<Integer> {

  private static final int AT_ONCE = 32;

  private final TemperCommand root;

  @Parameters(
      paramLabel = "MODEL",
      description = "RUN/STAGE[@STEP], RUN/STAGE.OUTPUT or a Hugging Face directory")
  private String model;

  @Option(names = "--prompt", paramLabel = "P", required = true, description = "what to say to it")
  private String prompt;

  @Option(
      names = {"-n", "--samples"},
      paramLabel = "N",
      defaultValue = "1",
      description = "completions; default: ${DEFAULT-VALUE}")
  private int samples;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "1",
      description = "0 for greedy; default: ${DEFAULT-VALUE}")
  private double temperature;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "48",
      description = "of a completion; default: ${DEFAULT-VALUE}")
  private int maxTokens;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "another one, other completions; default: ${DEFAULT-VALUE}")
  private long seed;

  SampleCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    if (samples < 1 || maxTokens < 1 || !(temperature >= 0)) {
      throw Refusal.usage(
          "-n and --max-tokens must be >= 1 and --temperature >= 0, got %d, %d and %s"
              .formatted(samples, maxTokens, temperature));
    }
    Path folder = new ModelFolders(root).model(model);
    if (ScoreCommand.isRewardModel(folder)) {
      throw Refusal.usage(model + " is a reward model: it scores and does not speak");
    }
    try (Compute compute = new Compute(Runtime.getRuntime().availableProcessors());
        Tokenizer tokenizer = Tokenizer.load(folder);
        LanguageModel loaded = LanguageModel.load(new Engine(compute), folder)) {
      ChatFormat format = new ChatFormat(tokenizer);
      NamedRandom random = new NamedRandom(seed, "sample");
      List<Completion> completions =
          loaded.generate(
              Collections.nCopies(samples, format.prompt(new Prompt(prompt, Map.of(), 0))),
              new SamplingSpec(temperature, maxTokens, AT_ONCE, AT_ONCE),
              (sequence, position) -> random.uniform(0, 0, sequence, position),
              Pulse.NONE);
      completions.forEach(completion -> print(completion, format));
    }
    return ExitCode.OK.number();
  }

  private void print(Completion completion, ChatFormat format) {
    if (!root.json()) {
      root.around().out().println(format.text(completion));
      return;
    }
    double logProbability = 0;
    for (float token : completion.logProbs()) {
      logProbability += token;
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("prompt", prompt);
    line.put("completion", format.text(completion));
    line.put("tokens", completion.tokens().length);
    line.put("logprob", logProbability);
    line.put("ended", completion.ended());
    new JsonLines(root.around().out()).print(line);
  }
}

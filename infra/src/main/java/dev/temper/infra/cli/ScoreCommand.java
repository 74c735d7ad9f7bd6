package dev.temper.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.trainers.Compute;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.model.LanguageModel;
import dev.temper.trainers.model.RewardModel;
import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.text.ChatFormat;
import dev.temper.trainers.text.Tokenizer;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Scores given completions: log-probabilities by a policy, rewards by a reward model. */
@Command(
    name = "score",
    description = "scores completions: log-probabilities, or rewards where MODEL is a reward model")
final class ScoreCommand implements Callable<Integer> {

  private static final int AT_ONCE = 16;

  private final TemperCommand root;
  private final ObjectMapper json = new ObjectMapper();

  @Parameters(
      paramLabel = "MODEL",
      description = "RUN/STAGE[@STEP], RUN/STAGE.OUTPUT or a Hugging Face directory")
  private String model;

  @Option(
      names = "--data",
      paramLabel = "FILE.jsonl",
      required = true,
      description = "lines of {\"prompt\", \"completion\"}: strings, or lists of chat messages")
  private Path data;

  ScoreCommand(TemperCommand root) {
    this.root = root;
  }

  /** A sequence-classification checkpoint. */
  static boolean isRewardModel(Path folder) throws IOException {
    JsonNode architectures =
        new ObjectMapper().readTree(folder.resolve("config.json").toFile()).path("architectures");
    return architectures.toString().contains("ForSequenceClassification");
  }

  @Override
  public Integer call() throws IOException {
    Path folder = new ModelFolders(root).model(model);
    try (Compute compute = new Compute(Runtime.getRuntime().availableProcessors());
        Tokenizer tokenizer = Tokenizer.load(folder)) {
      List<Sequence> sequences = sequences(tokenizer);
      Engine engine = new Engine(compute);
      if (isRewardModel(folder)) {
        rewards(engine, folder, sequences);
      } else {
        logProbabilities(engine, folder, sequences);
      }
    }
    return ExitCode.OK.number();
  }

  private List<Sequence> sequences(Tokenizer tokenizer) throws IOException {
    Path file = root.path(data);
    if (!Files.isRegularFile(file)) {
      throw Refusal.preflight("data file " + file + " does not exist");
    }
    ChatFormat format = new ChatFormat(tokenizer);
    List<Sequence> sequences = new ArrayList<>();
    int number = 0;
    for (String line : text(file).lines().toList()) {
      number++;
      if (!line.isBlank()) {
        sequences.add(ScoredLine.read(line, data + ":" + number, json, tokenizer, format));
      }
    }
    if (sequences.isEmpty()) {
      throw Refusal.preflight("data file " + file + " is empty");
    }
    return sequences;
  }

  private static String text(Path file) throws IOException {
    try {
      String text = Files.readString(file);
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw Refusal.preflight("data file " + file + " is not UTF-8 text");
    }
  }

  private void logProbabilities(Engine engine, Path folder, List<Sequence> sequences)
      throws IOException {
    try (LanguageModel policy = LanguageModel.load(engine, folder)) {
      List<float[]> found = policy.logProbs(sequences, 1, AT_ONCE, Pulse.NONE);
      for (int i = 0; i < sequences.size(); i++) {
        double sum = 0;
        for (float token : found.get(i)) {
          sum += token;
        }
        print(sequences.get(i), "logprob", sum);
      }
    }
  }

  private void rewards(Engine engine, Path folder, List<Sequence> sequences) throws IOException {
    try (RewardModel scorer = RewardModel.load(engine, folder)) {
      float[] found = scorer.scores(sequences, AT_ONCE, Pulse.NONE);
      for (int i = 0; i < sequences.size(); i++) {
        print(sequences.get(i), "reward", found[i]);
      }
    }
  }

  /** JSON with and without the flag: there is no better form for one number a line. */
  private void print(Sequence sequence, String what, double value) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("tokens", sequence.completion().length);
    line.put(what, value);
    new JsonLines(root.around().out()).print(line);
  }
}

package dev.temper.trainers.stage;

import dev.temper.trainers.Compute;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.model.LanguageModel;
import dev.temper.trainers.model.RewardModel;
import dev.temper.trainers.model.family.ModelConfig;
import dev.temper.trainers.random.NamedRandom;
import dev.temper.trainers.text.Tokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** Untrained models in folders, for stages that need some model and no particular one. */
final class TinyModels {

  private TinyModels() {}

  static Path policy(Path folder, long seed) throws IOException {
    try (Compute compute = new Compute(1);
        Tokenizer tokenizer = Tokenizer.builtIn("kind-notes");
        LanguageModel model =
            LanguageModel.initialize(
                new Engine(compute),
                ModelConfig.of(
                    TinySpecs.model(),
                    tokenizer.vocabSize(),
                    tokenizer.bosId(),
                    tokenizer.eosId(),
                    tokenizer.padId()),
                0.125,
                new NamedRandom(seed, "tiny"))) {
      write(folder, model.files());
      write(folder, tokenizer.files());
    }
    return folder;
  }

  /** With the body of a policy and scores that are not quite normalized. */
  static Path rewardModel(Path folder, Path policy, long seed) throws IOException {
    try (Compute compute = new Compute(1);
        Tokenizer tokenizer = Tokenizer.load(policy);
        RewardModel model =
            RewardModel.fromPolicy(
                new Engine(compute), policy, new NamedRandom(seed, "tiny-head"))) {
      write(folder, model.files());
      write(folder, tokenizer.files());
    }
    Files.writeString(
        folder.resolve("reward.json"), "{\"mean\": 0.1, \"std\": 0.5, \"normalizedOn\": {}}");
    return folder;
  }

  /** Makes the last weight of a model's file NaN, that of the norm before the head. */
  static void poison(Path folder) throws IOException {
    Path file = folder.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putFloat(bytes.length - Float.BYTES, Float.NaN);
    Files.write(file, bytes);
  }

  private static void write(Path folder, Map<String, ByteBuffer> files) throws IOException {
    Files.createDirectories(folder);
    for (Map.Entry<String, ByteBuffer> file : files.entrySet()) {
      byte[] bytes = new byte[file.getValue().remaining()];
      file.getValue().duplicate().get(bytes);
      Files.write(folder.resolve(file.getKey()), bytes);
    }
  }

  /** A copy of a model with a weight that is not a number. */
  static Path poisoned(Path model, Path copy) throws IOException {
    Files.createDirectories(copy);
    try (Stream<Path> files = Files.list(model)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    poison(copy);
    return copy;
  }
}

package dev.temper.trainers.model;

import dev.temper.recipes.EmaSpec;
import dev.temper.recipes.LoraSpec;
import dev.temper.recipes.OptimizerSpec;
import dev.temper.recipes.SamplingSpec;
import dev.temper.trainers.model.family.ModelConfig;
import dev.temper.trainers.model.family.Shape;
import dev.temper.trainers.model.family.Tokens;
import dev.temper.trainers.random.NamedRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Small models and sequences for tests. */
final class TinyModels {

  static final int VOCABULARY = 40;
  static final int END = 2;

  private TinyModels() {}

  /** Four query heads on two key heads, head size unlike width / heads. */
  static ModelConfig config(boolean tied) {
    return ModelConfig.llama(
        new Shape(VOCABULARY, 24, 40, 2, 4, 2, 8, 1e-5, tied, 64),
        10000,
        new Tokens(0, List.of(END), 1));
  }

  static LanguageModel model(Engine engine) {
    return model(engine, config(true));
  }

  static LanguageModel model(Engine engine, ModelConfig config) {
    return LanguageModel.initialize(engine, config, 0.3, new NamedRandom(7, "weights"));
  }

  static OptimizerSpec optimizer(double maxGradientNorm) {
    return new OptimizerSpec("constant", 0, 0, 0.1, 0.9, 0.95, 1e-8, maxGradientNorm);
  }

  /** Without clipping. */
  static OptimizerSpec optimizer(String name) {
    return optimizer(name, Optional.empty());
  }

  static OptimizerSpec optimizer(String name, Optional<LoraSpec> lora) {
    return new OptimizerSpec(
        "constant",
        0,
        0,
        0.1,
        0.9,
        0.95,
        1e-8,
        0,
        name,
        OptimizerSpec.DECAY_SHARE,
        lora,
        Optional.empty());
  }

  /** Without clipping, and with an average of the weights as the result. */
  static OptimizerSpec averaged(double decay, Optional<LoraSpec> lora) {
    return new OptimizerSpec(
        "constant",
        0,
        0,
        0.1,
        0.9,
        0.95,
        1e-8,
        0,
        "adamw",
        OptimizerSpec.DECAY_SHARE,
        lora,
        Optional.of(new EmaSpec(decay)));
  }

  static LoraSpec lora(String... targets) {
    return new LoraSpec(3, 6, List.of(targets), false);
  }

  static SamplingSpec sampling(double temperature, int maxTokens, int chunk, int slots) {
    return new SamplingSpec(temperature, maxTokens, chunk, slots);
  }

  static Uniforms uniforms() {
    NamedRandom random = new NamedRandom(11, "uniforms");
    return (sequence, position) -> random.uniform(0, sequence, 0, position);
  }

  /** Ids from 3 up: neither begin nor end nor padding. */
  static int[] tokens(int count, int seed) {
    NamedRandom random = new NamedRandom(seed, "tokens");
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = 3 + random.below(VOCABULARY - 3, i, 0, 0, 0);
    }
    return ids;
  }

  /** Sequences of various lengths, as many as asked for. */
  static List<Sequence> sequences(int count, int seed) {
    List<Sequence> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int prompt = 1 + (seed + 3 * i) % 5;
      int completion = 2 + (seed + 7 * i) % 9;
      all.add(
          new Sequence(tokens(prompt, seed * 100 + i), tokens(completion, seed * 100 + 50 + i)));
    }
    return all;
  }

  static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  /** Writes a model's files into a folder. */
  static void write(Map<String, ByteBuffer> files, Path folder) throws IOException {
    for (Map.Entry<String, ByteBuffer> file : files.entrySet()) {
      Files.write(folder.resolve(file.getKey()), bytes(file.getValue()));
    }
  }
}

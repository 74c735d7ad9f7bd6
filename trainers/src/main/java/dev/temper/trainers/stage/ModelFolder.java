package dev.temper.trainers.stage;

import dev.temper.recipes.SamplingSpec;
import dev.temper.trainers.ArtifactWriter;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.model.FileSink;
import dev.temper.trainers.model.LanguageModel;
import dev.temper.trainers.model.Learner;
import dev.temper.trainers.model.Uniforms;
import dev.temper.trainers.text.ChatFormat;
import dev.temper.trainers.text.Tokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A model with its tokenizer, as a Hugging Face directory. */
final class ModelFolder {

  private ModelFolder() {}

  /** The policy in a folder, ready to be prompted. */
  static Policy load(Engine engine, Path folder) throws IOException {
    return Opened.all(
        opened -> {
          Tokenizer tokenizer = opened.keep(Tokenizer.load(folder), Tokenizer::close);
          return new Policy(
              opened.keep(LanguageModel.load(engine, folder), LanguageModel::close),
              tokenizer,
              new ChatFormat(tokenizer));
        });
  }

  /**
   * Writes model and tokenizer as content.
   *
   * @param folder inside the artifact; empty for its root
   * @param model hands its files over
   */
  static void write(ArtifactWriter out, String folder, Model model, Tokenizer tokenizer)
      throws IOException {
    String prefix = folder.isEmpty() ? "" : folder + "/";
    model.write((name, content) -> out.content(prefix + name, content));
    for (Map.Entry<String, ByteBuffer> file : tokenizer.files().entrySet()) {
      out.content(prefix + file.getKey(), file.getValue());
    }
  }

  /** Writes the result of a learner: its model, and the adapter where it is one. */
  static void writeResult(ArtifactWriter out, Model model, Tokenizer tokenizer, Learner learner)
      throws IOException {
    learner.onResult(
        () -> {
          write(out, "", model, tokenizer);
          writeAdapter(out, learner);
          return out;
        });
  }

  /** Writes what was trained as a PEFT adapter, where it is one, beside the model that holds it. */
  static void writeAdapter(ArtifactWriter out, Learner learner) throws IOException {
    for (Map.Entry<String, ByteBuffer> file : learner.adapter().entrySet()) {
      out.content("adapter/" + file.getKey(), file.getValue());
    }
  }

  /** A policy or a reward model, as it is written or was kept. */
  interface Model {
    void write(FileSink out) throws IOException;
  }

  /** A model that can be talked to. */
  record Policy(LanguageModel model, Tokenizer tokenizer, ChatFormat format)
      implements CompletionSource {
    @Override
    public List<Written> complete(
        List<Asked> asked, SamplingSpec sampling, Uniforms noise, Pulse pulse) {
      List<int[]> prompts = asked.stream().map(Asked::tokens).toList();
      return model.generate(prompts, sampling, noise, pulse).stream()
          .map(completion -> new Written(completion, format.text(completion)))
          .toList();
    }

    @Override
    public void close() {
      model.close();
      tokenizer.close();
    }
  }
}

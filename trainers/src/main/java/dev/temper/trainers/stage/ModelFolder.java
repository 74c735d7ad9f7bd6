package dev.temper.trainers.stage;

import dev.temper.trainers.ArtifactWriter;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.model.LanguageModel;
import dev.temper.trainers.model.Learner;
import dev.temper.trainers.text.ChatFormat;
import dev.temper.trainers.text.Tokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

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
   * @param model files by name, from a policy or a reward model
   */
  static void write(
      ArtifactWriter out, String folder, Map<String, ByteBuffer> model, Tokenizer tokenizer)
      throws IOException {
    Map<String, ByteBuffer> files = new TreeMap<>(model);
    files.putAll(tokenizer.files());
    for (Map.Entry<String, ByteBuffer> file : files.entrySet()) {
      out.content(folder.isEmpty() ? file.getKey() : folder + "/" + file.getKey(), file.getValue());
    }
  }

  /** Writes what was trained as a PEFT adapter, where it is one, beside the model that holds it. */
  static void writeAdapter(ArtifactWriter out, Learner learner) throws IOException {
    for (Map.Entry<String, ByteBuffer> file : new TreeMap<>(learner.adapter()).entrySet()) {
      out.content("adapter/" + file.getKey(), file.getValue());
    }
  }

  /** A model that can be talked to. */
  record Policy(LanguageModel model, Tokenizer tokenizer, ChatFormat format)
      implements AutoCloseable {
    @Override
    public void close() {
      model.close();
      tokenizer.close();
    }
  }
}

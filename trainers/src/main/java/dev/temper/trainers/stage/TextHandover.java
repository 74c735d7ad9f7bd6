package dev.temper.trainers.stage;

import dev.temper.trainers.ArtifactWriter;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.text.TextIdentity;
import dev.temper.trainers.text.Tokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What an artifact of token ids says about the tokenizer that made them: {@code text.json}, left
 * out for tokenizers that ship with Temper.
 */
final class TextHandover {

  private static final String FILE = "text.json";

  private TextHandover() {}

  /** Writes it beside token ids. */
  static void write(ArtifactWriter out, String folder, Tokenizer tokenizer) throws IOException {
    if (!tokenizer.shipped()) {
      out.content(
          folder.isEmpty() ? FILE : folder + "/" + FILE, JsonLines.object(tokenizer.identity()));
    }
  }

  /** Hands on what another artifact says. */
  static void copy(ArtifactWriter out, Path from) throws IOException {
    Path file = from.resolve(FILE);
    if (Files.exists(file)) {
      out.content(FILE, ByteBuffer.wrap(Files.readAllBytes(file)));
    }
  }

  /**
   * Refuses token ids that another tokenizer made.
   *
   * @param from artifact with the token ids
   * @param what it is, for the message
   * @throws StageFailure DATA_CONTRACT naming what differs: tokenizer, template or special tokens
   */
  static void require(Tokenizer tokenizer, Path from, String what) throws IOException {
    Path file = from.resolve(FILE);
    if (!Files.exists(file)) {
      if (!tokenizer.shipped()) {
        throw refused(what, "a tokenizer that ships with Temper, and the model has another");
      }
      return;
    }
    TextIdentity made =
        JsonLines.object(ByteBuffer.wrap(Files.readAllBytes(file)), TextIdentity.class);
    List<String> differences = tokenizer.identity().differences(made);
    if (!differences.isEmpty()) {
      throw refused(what, "another tokenizer: " + String.join(" and ", differences) + " differ");
    }
  }

  private static StageFailure refused(String what, String reason) {
    return new StageFailure(
        StageFailure.Type.DATA_CONTRACT,
        "the token ids of %s were made with %s".formatted(what, reason));
  }
}

package dev.temper.trainers.stage;

import dev.temper.trainers.StageFailure;
import dev.temper.trainers.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Token ids pass between models: all that read them must have been trained with one tokenizer, chat
 * template and special tokens.
 */
final class SameTokens {
  private SameTokens() {}

  /**
   * Refuses a model with another tokenizer.
   *
   * @param role of the other model, for the message
   * @throws StageFailure DATA_CONTRACT
   */
  static void require(Tokenizer tokenizer, Path otherModel, String role) throws IOException {
    try (Tokenizer other = Tokenizer.load(otherModel)) {
      List<String> differences = tokenizer.identity().differences(other.identity());
      if (!differences.isEmpty()) {
        throw new StageFailure(
            StageFailure.Type.DATA_CONTRACT,
            "the %s has another tokenizer than the policy: %s differ"
                .formatted(role, String.join(" and ", differences)));
      }
    }
  }
}

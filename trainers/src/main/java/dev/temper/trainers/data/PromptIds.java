package dev.temper.trainers.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Map;

/**
 * Gives the prompts of one list their identities: the first 64 bits of SHA-256(text, how often the
 * text came before). They do not depend on where in the list other prompts stand.
 */
final class PromptIds {

  private final MessageDigest sha256;
  private final Map<String, Integer> occurrences = new HashMap<>();

  PromptIds() {
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  long next(String text) {
    int occurrence = occurrences.merge(text, 1, Integer::sum) - 1;
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, occurrence));
    return ByteBuffer.wrap(sha256.digest(bytes)).getLong();
  }

  /** Different texts so far. */
  int distinct() {
    return occurrences.size();
  }
}

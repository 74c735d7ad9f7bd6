package dev.temper.trainers.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Gives the prompts of one list their identities: the first 64 bits of SHA-256(text, how often the
 * text came before). They do not depend on where in the list other prompts stand.
 */
final class PromptIds {

  private final MessageDigest sha256;
  private final LongCounts occurrences = new LongCounts();

  PromptIds() {
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  long next(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    long first = id(bytes, 0);
    int occurrence = occurrences.next(first);
    return occurrence == 0 ? first : id(bytes, occurrence);
  }

  private long id(byte[] text, int occurrence) {
    sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, occurrence));
    return ByteBuffer.wrap(sha256.digest(text)).getLong();
  }

  /** Different texts so far. */
  int distinct() {
    return occurrences.distinct();
  }
}

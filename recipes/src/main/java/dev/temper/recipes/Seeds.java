package dev.temper.recipes;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Seeds that are derived from others by name. */
public final class Seeds {

  /** Largest seed: exact in a double, so that every JSON reader keeps it. */
  public static final long MAXIMUM = (1L << 53) - 1;

  private Seeds() {}

  /**
   * The seed of something named, below a root seed: the first 53 bits of SHA-256({@code
   * "<root>/<name>"}).
   */
  public static long derive(long root, String name) {
    byte[] digest = sha256().digest((root + "/" + name).getBytes(StandardCharsets.UTF_8));
    return ByteBuffer.wrap(digest).getLong() >>> 11;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}

package dev.temper.trainers.text;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 over parts, each with its name and length. */
final class Sha256 {

  private final MessageDigest digest;

  Sha256() {
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  Sha256 add(String name, String text) {
    return add(name, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  Sha256 add(String name, ByteBuffer content) {
    digest.update((name + "\n" + content.remaining() + "\n").getBytes(StandardCharsets.UTF_8));
    return add(content);
  }

  /** Bytes alone. */
  Sha256 add(ByteBuffer content) {
    digest.update(content.duplicate());
    return this;
  }

  String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}

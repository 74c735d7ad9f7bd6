package dev.temper.trainers.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The identity of a data file: SHA-256 of its bytes, in lower-case hex. */
public final class FileHash {

  private static final int BLOCK_BYTES = 1 << 16;

  private FileHash() {}

  public static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      byte[] block = new byte[BLOCK_BYTES];
      for (int read = in.read(block); read >= 0; read = in.read(block)) {
        sha256.update(block, 0, read);
      }
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

package dev.temper.trainers.data;

import dev.temper.trainers.Pulse;
import dev.temper.trainers.data.raw.FolderFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The identity of data: SHA-256 in lower-case hex, of the bytes of a file, or of the {@link
 * #listing} of a folder.
 */
public final class FileHash {

  private static final int BLOCK_BYTES = 1 << 16;

  private FileHash() {}

  public static String sha256(Path data) throws IOException {
    return sha256(data, Pulse.NONE);
  }

  /**
   * @param pulse for each block: data may be large
   */
  public static String sha256(Path data, Pulse pulse) throws IOException {
    MessageDigest sha256 = digest();
    if (Files.isDirectory(data)) {
      sha256.update(listing(data, pulse).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sha256.digest());
    }
    try (InputStream in = Files.newInputStream(data)) {
      byte[] block = new byte[BLOCK_BYTES];
      for (int read = in.read(block); read >= 0; read = in.read(block)) {
        sha256.update(block, 0, read);
        pulse.beat();
      }
      return HexFormat.of().formatHex(sha256.digest());
    }
  }

  /**
   * SHA-256 and path of every file of a folder, in the order of the paths, as sha256sum has them.
   */
  public static String listing(Path folder, Pulse pulse) throws IOException {
    StringBuilder listing = new StringBuilder();
    for (String file : FolderFiles.of(folder)) {
      listing.append(sha256(folder.resolve(file), pulse)).append("  ").append(file).append('\n');
    }
    return listing.toString();
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

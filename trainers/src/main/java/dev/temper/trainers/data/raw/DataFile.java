package dev.temper.trainers.data.raw;

import dev.temper.trainers.StageFailure;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * A file with rows.
 *
 * @param name what messages call it; its ending tells the format, whatever the path is called
 */
record DataFile(Path path, String name) {

  private static final String PACKED = ".gz";
  private static final int BUFFER = 1 << 16;

  /** A file alone, or those of a folder in the order of their names. */
  static List<DataFile> of(Path path, String name) throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of(new DataFile(path, name));
    }
    String folder = name.endsWith("/") ? name : name + "/";
    List<DataFile> files =
        FolderFiles.of(path).stream()
            .map(file -> new DataFile(path.resolve(file), folder + file))
            .toList();
    if (files.isEmpty()) {
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT, name + ": is a folder without a file");
    }
    return files;
  }

  /** The name without the ending of what is packed. */
  static String unpacked(String name) {
    return name.toLowerCase(Locale.ROOT).endsWith(PACKED)
        ? name.substring(0, name.length() - PACKED.length())
        : name;
  }

  boolean isPacked() {
    return !unpacked(name).equals(name);
  }

  /** Its bytes, unpacked. */
  InputStream open() throws IOException {
    try {
      InputStream in = new BufferedInputStream(Files.newInputStream(path), BUFFER);
      return isPacked() ? new BufferedInputStream(new GZIPInputStream(in, BUFFER), BUFFER) : in;
    } catch (NoSuchFileException e) {
      throw new StageFailure(StageFailure.Type.DATA_CONTRACT, name + ": no such file", e);
    }
  }
}

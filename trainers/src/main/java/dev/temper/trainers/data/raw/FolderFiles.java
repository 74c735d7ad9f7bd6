package dev.temper.trainers.data.raw;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of a folder of data. */
public final class FolderFiles {

  private FolderFiles() {}

  /**
   * Paths below the folder, with slashes, in the order of their characters. What starts with a dot
   * or an underscore, or lies in such a folder, is none of the data.
   */
  public static List<String> of(Path folder) throws IOException {
    try (Stream<Path> found = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      return found
          .filter(Files::isRegularFile)
          .map(folder::relativize)
          .filter(FolderFiles::isData)
          .map(path -> path.toString().replace('\\', '/'))
          .sorted()
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static boolean isData(Path path) {
    for (Path part : path) {
      if (part.toString().startsWith(".") || part.toString().startsWith("_")) {
        return false;
      }
    }
    return true;
  }
}

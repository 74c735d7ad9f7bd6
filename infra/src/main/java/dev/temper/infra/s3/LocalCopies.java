package dev.temper.infra.s3;

import dev.temper.activities.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where copies of a store's objects lie on this machine.
 *
 * @param root of this store alone
 */
record LocalCopies(Path root) {

  /**
   * @param server two servers may have buckets of one name
   */
  static LocalCopies of(Path cache, String server, S3Location location) {
    String name = Sha256.of(server + " " + location).substring(0, 16);
    return new LocalCopies(cache.toAbsolutePath().normalize().resolve(name));
  }

  Path files(String key, String commit) {
    return artifact(key).resolve(commit).resolve("files");
  }

  Path attachments(String key, String commit) {
    return artifact(key).resolve(commit).resolve("attachments");
  }

  Path artifact(String key) {
    return root.resolve("artifacts").resolve(key);
  }

  Path checkpoints(String key) {
    return root.resolve("checkpoints").resolve(key);
  }

  Path checkpoint(String key, String commit) {
    return checkpoints(key).resolve(commit);
  }

  Path chunks(String key) {
    return checkpoints(key).resolve("chunks");
  }

  Path data(String sha256) {
    return root.resolve("data").resolve(sha256);
  }

  /** Those with one entry per artifact, per stage with checkpoints and per data file. */
  List<Path> folders() {
    return List.of(root.resolve("artifacts"), root.resolve("checkpoints"), root.resolve("data"));
  }

  /** Deletes a tree; another process may be deleting it too. */
  static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(tree)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    } catch (NoSuchFileException e) {
      return;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path path : paths) {
      Files.deleteIfExists(path);
    }
  }
}

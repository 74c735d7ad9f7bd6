package dev.temper.activities.store;

import dev.temper.activities.ContentPaths;
import dev.temper.activities.Sha256;
import dev.temper.activities.StoredFile;
import dev.temper.trainers.Pulse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Files that are on stable storage when a call returns, and whose failures name their path. */
final class DurableFiles {

  static final String MANIFEST = "MANIFEST.json";
  private static final int PIECE = 1 << 20;
  private static final int DELETE_TRIES = 100;

  private DurableFiles() {}

  /** Writes a new file below a folder that must exist, and returns what was written. */
  static StoredFile write(Path root, String path, ByteBuffer bytes) throws IOException {
    Path file = root.resolve(ContentPaths.require(path));
    makeParents(root, path);
    MessageDigest digest = Sha256.digest();
    ByteBuffer rest = bytes.duplicate();
    long size = rest.remaining();
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      while (rest.hasRemaining()) {
        ByteBuffer piece = rest.slice(rest.position(), Math.min(PIECE, rest.remaining()));
        digest.update(piece.duplicate());
        rest.position(rest.position() + piece.remaining());
        while (piece.hasRemaining()) {
          out.write(piece);
        }
      }
      out.force(true);
    } catch (FileSystemException e) {
      throw e; // names its path already
    } catch (IOException e) {
      // "No space left on device" says nothing about which device.
      throw new IOException("cannot write " + file + ": " + reason(e), e);
    }
    return new StoredFile(path, size, Sha256.hex(digest));
  }

  /** Copies a file of any size to a new one below a folder that must exist. */
  static StoredFile copy(Path from, Path root, String path) throws IOException {
    Path file = root.resolve(ContentPaths.require(path));
    MessageDigest digest = Sha256.digest();
    ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE);
    long size = 0;
    try (FileChannel in = FileChannel.open(from);
        FileChannel out =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      while (in.read(buffer.clear()) >= 0) {
        digest.update(buffer.flip().duplicate());
        size += buffer.remaining();
        while (buffer.hasRemaining()) {
          out.write(buffer);
        }
      }
      out.force(true);
    }
    return new StoredFile(path, size, Sha256.hex(digest));
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** Never makes the root itself: a staging folder that was swept must not come to life again. */
  private static void makeParents(Path root, String path) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new NoSuchFileException(root.toString());
    }
    Path folder = root;
    String[] names = path.split("/", -1);
    for (int i = 0; i + 1 < names.length; i++) {
      folder = folder.resolve(names[i]);
      try {
        Files.createDirectory(folder);
      } catch (FileAlreadyExistsException e) {
        // made by an earlier file
      }
    }
  }

  /** Makes the names in a folder durable. */
  static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Makes the names in a folder and all folders below it durable. */
  static void syncTree(Path root) throws IOException {
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path folder : walk.filter(Files::isDirectory).toList()) {
        sync(folder);
      }
    }
  }

  /** Throws unless the file is there in its full size. */
  static void requireSize(Path root, StoredFile file) throws IOException {
    Path path = root.resolve(ContentPaths.require(file.path()));
    if (!Files.isRegularFile(path)) {
      throw new DamagedFileException(path, "is missing");
    }
    long size = Files.size(path);
    if (size != file.size()) {
      throw new DamagedFileException(path, "has " + size + " of " + file.size() + " bytes");
    }
  }

  /** Throws unless every byte is as it was written. */
  static void requireBytes(Path root, StoredFile file, Pulse pulse) throws IOException {
    requireSize(root, file);
    Path path = root.resolve(file.path());
    MessageDigest digest = Sha256.digest();
    ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(PIECE, file.size() + 1));
    try (FileChannel in = FileChannel.open(path)) {
      while (in.read(buffer.clear()) >= 0) {
        digest.update(buffer.flip());
        pulse.beat();
      }
    }
    if (!Sha256.hex(digest).equals(file.sha256())) {
      throw new DamagedFileException(path, "is not what was written");
    }
  }

  /**
   * Deletes a tree, its manifest first, so that a half-deleted one counts as none. Whoever was
   * replaced may still be writing into it or deleting it too: then it is tried again.
   */
  static void delete(Path root) throws IOException {
    for (int tried = 1; ; tried++) {
      try {
        deleteOnce(root);
        return;
      } catch (DirectoryNotEmptyException | NoSuchFileException e) {
        if (tried == DELETE_TRIES) {
          throw e;
        }
      } catch (UncheckedIOException e) { // of the walk
        if (tried == DELETE_TRIES || !(e.getCause() instanceof NoSuchFileException)) {
          throw e.getCause();
        }
      }
    }
  }

  private static void deleteOnce(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    Files.deleteIfExists(root.resolve(MANIFEST));
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(root)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.deleteIfExists(path);
    }
  }
}

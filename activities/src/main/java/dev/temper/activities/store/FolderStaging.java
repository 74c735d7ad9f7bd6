package dev.temper.activities.store;

import dev.temper.activities.Staging;
import dev.temper.activities.StoredFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** A folder under a unique name, which one rename makes visible. */
final class FolderStaging implements Staging {

  private final StoreLayout layout;
  private final String key;
  private final String commit = UUID.randomUUID().toString();
  private final Path folder;
  private int chunksWritten;

  FolderStaging(StoreLayout layout, String key) throws IOException {
    this.layout = layout;
    this.key = key;
    this.folder = layout.staging(key).resolve(commit);
    Files.createDirectories(folder);
  }

  String commit() {
    return commit;
  }

  @Override
  public StoredFile file(String path, ByteBuffer bytes) throws IOException {
    if (path.equals(DurableFiles.MANIFEST) || path.startsWith(StoreLayout.ATTACHMENTS + "/")) {
      throw new IllegalArgumentException("path '" + path + "' is the store's own");
    }
    return DurableFiles.write(folder, path, bytes);
  }

  @Override
  public StoredFile attachment(String path, ByteBuffer bytes) throws IOException {
    StoredFile written = DurableFiles.write(folder, StoreLayout.ATTACHMENTS + "/" + path, bytes);
    return new StoredFile(path, written.size(), written.sha256());
  }

  @Override
  public StoredFile chunk(String path, ByteBuffer bytes) throws IOException {
    String temporary = "chunk-" + chunksWritten++;
    StoredFile written = DurableFiles.write(folder, temporary, bytes);
    Path chunks = Files.createDirectories(layout.chunks(key));
    // Replaces one that lies there: it has the same content, or is damaged.
    Files.move(
        folder.resolve(temporary),
        chunks.resolve(written.sha256()),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    DurableFiles.sync(chunks);
    return new StoredFile(path, written.size(), written.sha256());
  }

  /** False if there is a filled folder of that name, which must never be made in advance. */
  boolean publish(ByteBuffer manifest, Path target) throws IOException {
    DurableFiles.write(folder, DurableFiles.MANIFEST, manifest);
    DurableFiles.syncTree(folder);
    Files.createDirectories(target.getParent());
    try {
      Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (FileSystemException e) {
      if (Files.exists(target)) { // "directory not empty" has no exception type of its own here
        return false;
      }
      throw e;
    }
    DurableFiles.sync(target.getParent());
    return true;
  }

  @Override
  public void close() throws IOException {
    DurableFiles.delete(folder);
  }
}

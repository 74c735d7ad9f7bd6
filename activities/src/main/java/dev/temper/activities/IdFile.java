package dev.temper.activities;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Pattern;

/** A file with a random word that is made once: tells a folder from every other one. */
public record IdFile(Path file) {

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{8,64}");

  /** The word; makes it if there is none. */
  public String read() throws IOException {
    if (!Files.exists(file)) {
      make();
    }
    String id = Files.readString(file).strip();
    if (!ID.matcher(id).matches()) {
      throw new IOException(
          "%s must hold one word of letters, digits and dashes, got '%s'; it tells this folder from others: put it back, or delete it for a new one"
              .formatted(file, id));
    }
    return id;
  }

  private void make() throws IOException {
    Path folder = Files.createDirectories(file.toAbsolutePath().getParent());
    Path mine = folder.resolve("." + file.getFileName() + "-" + UUID.randomUUID() + ".new");
    try {
      Files.writeString(mine, UUID.randomUUID() + "\n");
      // Of two processes that do this at once one wins, and the file is never there in part.
      Files.createLink(file, mine);
    } catch (FileSystemException | UnsupportedOperationException e) {
      // Made by another process meanwhile; or there are no links here.
      if (!Files.exists(file)) {
        Files.move(mine, file);
      }
    } finally {
      Files.deleteIfExists(mine);
    }
  }
}

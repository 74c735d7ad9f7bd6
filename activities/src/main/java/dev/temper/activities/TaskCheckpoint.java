package dev.temper.activities;

import dev.temper.trainers.CheckpointReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a task may see of a checkpoint: its own files. */
final class TaskCheckpoint implements CheckpointReader {

  /** Files of the driver, which no task sees or writes. */
  static final String RESERVED = "driver/";

  static final String JOURNAL = RESERVED + "journal.jsonl";

  private final SavedCheckpoint saved;
  private final Map<String, StoredFile> files;

  TaskCheckpoint(SavedCheckpoint saved) {
    this.saved = saved;
    this.files =
        Stream.concat(saved.manifest().files().stream(), saved.manifest().chunks().stream())
            .collect(Collectors.toMap(StoredFile::path, file -> file));
  }

  @Override
  public long step() {
    return saved.manifest().step();
  }

  @Override
  public ByteBuffer read(String path) throws IOException {
    StoredFile file = files.get(path);
    if (file == null) {
      throw new NoSuchElementException(
          "the checkpoint has no '%s', only %s".formatted(path, paths()));
    }
    return saved.read(file);
  }

  @Override
  public List<String> paths() {
    return files.keySet().stream().filter(path -> !path.startsWith(RESERVED)).sorted().toList();
  }

  ByteBuffer journal() throws IOException {
    return read(JOURNAL);
  }
}

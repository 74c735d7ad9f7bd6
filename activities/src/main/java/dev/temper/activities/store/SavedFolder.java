package dev.temper.activities.store;

import dev.temper.activities.CheckpointManifest;
import dev.temper.activities.SavedCheckpoint;
import dev.temper.activities.StoredFile;
import dev.temper.trainers.Pulse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A checkpoint in its folder, with its chunks beside it. */
record SavedFolder(Path folder, Path chunkFolder, CheckpointManifest manifest)
    implements SavedCheckpoint {

  void verify(Pulse pulse) throws IOException {
    for (StoredFile file : manifest.files()) {
      DurableFiles.requireBytes(folder, file, pulse);
    }
    for (StoredFile chunk : manifest.chunks()) {
      DurableFiles.requireBytes(chunkFolder, bySha(chunk), pulse);
    }
  }

  @Override
  public ByteBuffer read(StoredFile file) throws IOException {
    Path path =
        manifest.chunks().contains(file)
            ? chunkFolder.resolve(file.sha256())
            : folder.resolve(file.path());
    try (FileChannel in = FileChannel.open(path)) {
      return in.map(FileChannel.MapMode.READ_ONLY, 0, file.size()).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  private static StoredFile bySha(StoredFile chunk) {
    return new StoredFile(chunk.sha256(), chunk.size(), chunk.sha256());
  }
}

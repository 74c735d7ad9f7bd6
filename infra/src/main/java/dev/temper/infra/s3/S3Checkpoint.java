package dev.temper.infra.s3;

import dev.temper.activities.CheckpointManifest;
import dev.temper.activities.SavedCheckpoint;
import dev.temper.activities.StoredFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A checkpoint of which a verified copy lies in local folders. */
record S3Checkpoint(Path folder, Path chunks, CheckpointManifest manifest)
    implements SavedCheckpoint {

  @Override
  public ByteBuffer read(StoredFile file) throws IOException {
    Path path =
        manifest.chunks().contains(file)
            ? chunks.resolve(file.sha256())
            : folder.resolve(file.path());
    try (FileChannel in = FileChannel.open(path)) {
      return in.map(FileChannel.MapMode.READ_ONLY, 0, file.size()).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}

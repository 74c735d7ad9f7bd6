package dev.temper.activities;

import dev.temper.trainers.ArtifactWriter;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Takes the files of a finished task and remembers what they are. */
final class StagedArtifact implements ArtifactWriter {

  private final Staging staging;
  private final Pulse pulse;
  private final Runnable afterFile;
  private final List<StoredFile> files = new ArrayList<>();
  private final List<StoredFile> attachments = new ArrayList<>();

  StagedArtifact(Staging staging, Pulse pulse, Runnable afterFile) {
    this.staging = staging;
    this.pulse = pulse;
    this.afterFile = afterFile;
  }

  @Override
  public void content(String path, ByteBuffer bytes) throws IOException {
    files.add(staging.file(path, bytes));
    pulse.beat();
    afterFile.run();
  }

  @Override
  public void attachment(String path, ByteBuffer bytes) throws IOException {
    if (!StageFolder.mayHold(path)) {
      throw new IllegalArgumentException("attachment '" + path + "' is the driver's own");
    }
    attachments.add(staging.attachment(path, bytes));
    pulse.beat();
    afterFile.run();
  }

  void history(ByteBuffer lines) throws IOException {
    attachments.add(staging.attachment(StageFolder.HISTORY, lines));
  }

  List<StoredFile> files() {
    return files;
  }

  List<StoredFile> attachments() {
    return attachments;
  }

  /** Refuses an output that lies outside or in a folder without a file. */
  void require(StageOutput output) {
    output
        .outputs()
        .forEach(
            (name, folder) -> {
              ContentPaths.requireFolder(folder);
              if (files.stream()
                  .noneMatch(file -> folder.isEmpty() || file.path().startsWith(folder + "/"))) {
                throw new IllegalStateException(
                    "output '%s' has no file in '%s'".formatted(name, folder));
              }
            });
  }
}

package dev.temper.activities;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.Input;
import dev.temper.trainers.Inputs;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.FileHash;
import dev.temper.workflows.ResolvedInput;
import dev.temper.workflows.StageRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * What a stage reads: artifacts of the store and data files, verified before they are handed out.
 */
record ArtifactInputs(StageRequest request, ArtifactStore store, DataFiles files, Pulse pulse)
    implements Inputs {

  @Override
  public Path folder(Input input) throws IOException {
    ResolvedInput resolved = resolved(input);
    Manifest artifact =
        store
            .find(resolved.key())
            .orElseThrow(
                () ->
                    // To be tried again: garbage collection hides what it then finds needed.
                    new NoSuchFileException(
                        "the artifact of input '%s' is not in the store: %s"
                            .formatted(input.text(), resolved.key())));
    if (!artifact.content().equals(resolved.content())) {
      throw corrupt(input, "was replaced by another one: " + resolved.key());
    }
    String folder = artifact.outputs().get(input.output());
    if (folder == null) {
      throw new StageFailure(
          StageFailure.Type.INVALID_SPEC,
          "'%s' is no output of stage '%s'; it has %s"
              .formatted(input.text(), input.stage(), artifact.outputs().keySet()));
    }
    return store.open(artifact, pulse).resolve(folder);
  }

  /**
   * Whoever reads one output of an artifact may read the others: the key counts its whole content.
   * A curve names an {@code rl} stage and reads its snapshots.
   */
  private ResolvedInput resolved(Input input) {
    ResolvedInput exact = request.inputs().get(input.text());
    return exact != null
        ? exact
        : request.inputs().values().stream()
            .filter(other -> other.stage().equals(input.stage()))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "stage '%s' has no input '%s'"
                            .formatted(request.stage().name(), input.text())));
  }

  private static StageFailure corrupt(Input input, String what) {
    return new StageFailure(
        StageFailure.Type.ARTIFACT_CORRUPT,
        "the artifact of input '%s' %s".formatted(input.text(), what));
  }

  @Override
  public Path file(DataSource.File file) throws IOException {
    Path path = files.find(request.run(), file);
    if (!Files.isReadable(path)) {
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT, "data file %s cannot be read".formatted(file.file()));
    }
    String sha256 = FileHash.sha256(path, pulse);
    if (!sha256.equals(file.sha256())) {
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT,
          "data file %s was changed after the run was started: SHA-256 is %s, was %s"
              .formatted(file.file(), sha256, file.sha256()));
    }
    return path;
  }
}

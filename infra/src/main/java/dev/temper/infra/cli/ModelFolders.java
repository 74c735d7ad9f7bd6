package dev.temper.infra.cli;

import dev.temper.activities.ArtifactStore;
import dev.temper.activities.Manifest;
import dev.temper.infra.run.RunFolder;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.run.StageRecord;
import dev.temper.recipes.Input;
import dev.temper.trainers.Pulse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Finds what a command calls a model: {@code RUN/STAGE}, {@code RUN/STAGE@STEP}, {@code
 * RUN/STAGE.OUTPUT}, or a Hugging Face directory.
 */
final class ModelFolders {

  private final TemperCommand root;

  ModelFolders(TemperCommand root) {
    this.root = root;
  }

  /** A folder with config.json, every byte of it verified where it lies in the store. */
  Path model(String text) throws IOException {
    Path directory = root.path(Path.of(text));
    if (Files.isRegularFile(directory.resolve("config.json"))) {
      return directory;
    }
    Path folder = output(text);
    if (!Files.isRegularFile(folder.resolve("config.json"))) {
      throw Refusal.usage("%s is no model: it has no config.json".formatted(text));
    }
    return folder;
  }

  /** The folder of a stage's output. */
  Path output(String text) throws IOException {
    int slash = text.indexOf('/');
    if (slash < 1 || slash == text.length() - 1) {
      throw Refusal.usage(
          "must be RUN/STAGE, RUN/STAGE@STEP, RUN/STAGE.OUTPUT or a Hugging Face directory, got '%s'"
              .formatted(text));
    }
    Input input = Input.parse(text.substring(slash + 1));
    RunFolder folder = root.startedRun(text.substring(0, slash));
    RunRecord run = root.startedRecord(folder);
    try (ArtifactStore store = root.artifacts(run.store())) {
      Manifest artifact = artifact(store, run, input);
      String place = artifact.outputs().get(input.output());
      if (place == null) {
        List<String> known =
            artifact.outputs().keySet().stream()
                .sorted()
                .map(output -> new Input(input.stage(), output).text())
                .toList();
        throw Refusal.usage(
            "'%s' is no output of stage '%s'%s"
                .formatted(input.text(), input.stage(), KnownNames.hint(input.text(), known)));
      }
      return store.open(artifact, Pulse.NONE).resolve(place);
    }
  }

  private static Manifest artifact(ArtifactStore store, RunRecord run, Input input)
      throws IOException {
    StageRecord stage =
        run.stage(input.stage())
            .orElseThrow(
                () ->
                    Refusal.usage(
                        "run %s has no stage '%s'%s"
                            .formatted(
                                run.run(),
                                input.stage(),
                                KnownNames.hint(
                                    input.stage(),
                                    run.stages().stream().map(StageRecord::name).toList()))));
    String key =
        stage
            .artifact()
            .orElseThrow(
                () ->
                    Refusal.preflight(
                        "stage '%s' of run %s has not finished (it is %s)"
                            .formatted(stage.name(), run.run(), stage.status().text())));
    return store
        .find(key)
        .orElseThrow(
            () ->
                Refusal.preflight(
                    "the artifact of stage '%s' is not in %s: %s"
                        .formatted(stage.name(), run.store(), key)));
  }
}

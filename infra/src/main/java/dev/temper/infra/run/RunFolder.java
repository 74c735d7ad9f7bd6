package dev.temper.infra.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.temper.activities.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The folder of one run: {@code recipe.yaml}, {@code run.json}, {@code run.log}, {@code
 * stages/<stage>/} and {@code report/}.
 *
 * <p>Every file but the logs and journals is replaced as a whole.
 */
public final class RunFolder {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private final Path path;

  RunFolder(Path path) {
    this.path = path;
  }

  public Path path() {
    return path;
  }

  /** Where the run has its name. */
  public Place place() throws IOException {
    return new Home(path.toAbsolutePath().normalize().getParent().getParent()).place();
  }

  /** Name of the run. */
  public String name() {
    return path.getFileName().toString();
  }

  public Path recipe() {
    return path.resolve("recipe.yaml");
  }

  public Path log() {
    return path.resolve("run.log");
  }

  public Path report() {
    return path.resolve("report");
  }

  /** Folder of a stage: journal, progress and copies of the artifact's attachments. */
  public Path stage(String name) {
    return path.resolve("stages").resolve(name);
  }

  /** Takes the run for this process; see {@link RunLock}. */
  public RunLock lock() throws IOException {
    return RunLock.take(path);
  }

  /** Whether some process runs it now. */
  public boolean inUse() throws IOException {
    return RunLock.isHeld(path);
  }

  /** What run.json says; empty before the first start. */
  public Optional<RunRecord> record() throws IOException {
    Path file = path.resolve("run.json");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    byte[] bytes = Files.readAllBytes(file);
    try {
      return Optional.of(JSON.readValue(bytes, RunRecord.class));
    } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
      throw new IOException(
          file
              + " is damaged; delete it, and the command that started the run makes it again"
              + " (artifacts and checkpoints are elsewhere)",
          e);
    }
  }

  public void write(RunRecord record) throws IOException {
    WholeFile.write(
        path.resolve("run.json"), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(record));
  }

  public void writeRecipe(String yaml) throws IOException {
    WholeFile.write(recipe(), yaml.getBytes(StandardCharsets.UTF_8));
  }

  /** The newest progress of a stage; empty before its first step. */
  public Optional<ShownProgress> progress(String stage) throws IOException {
    Path file = stage(stage).resolve("progress.json");
    return Files.exists(file)
        ? Optional.of(JSON.readValue(file.toFile(), ShownProgress.class))
        : Optional.empty();
  }

  void write(ShownProgress progress) throws IOException {
    WholeFile.write(
        stage(progress.stage()).resolve("progress.json"), JSON.writeValueAsBytes(progress));
  }
}

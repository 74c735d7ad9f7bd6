package dev.temper.trainers.data;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.Input;
import dev.temper.trainers.Inputs;
import java.nio.file.Path;

/** Inputs that lie in one folder, whatever stage is asked for. */
public record FolderInputs(Path folder) implements Inputs {
  @Override
  public Path folder(Input input) {
    return folder;
  }

  @Override
  public Path file(DataSource.File file) {
    return folder.resolve(file.file());
  }
}

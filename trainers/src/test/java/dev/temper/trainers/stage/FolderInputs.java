package dev.temper.trainers.stage;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.Input;
import dev.temper.trainers.Inputs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Folders and data files by name, as a test laid them out. */
record FolderInputs(Map<String, Path> folders, Path files) implements Inputs {

  @Override
  public Path folder(Input input) throws IOException {
    Path folder = folders.get(input.text());
    if (folder == null) {
      throw new IOException("no input " + input.text());
    }
    return folder;
  }

  @Override
  public Path file(DataSource.File file) {
    return files.resolve(file.file());
  }
}

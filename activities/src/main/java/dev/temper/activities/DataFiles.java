package dev.temper.activities;

import dev.temper.recipes.DataSource;
import java.io.IOException;
import java.nio.file.Path;

/** Finds the data files that a run's recipe names. */
@FunctionalInterface
public interface DataFiles {

  /** A readable path; that of {@code file} is relative to the recipe or absolute. */
  Path find(String run, DataSource.File file) throws IOException;
}

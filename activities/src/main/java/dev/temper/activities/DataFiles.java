package dev.temper.activities;

import java.io.IOException;
import java.nio.file.Path;

/** Finds the data files that a run's recipe names. */
@FunctionalInterface
public interface DataFiles {

  /** A readable path; {@code file} is relative to the recipe or absolute. */
  Path find(String run, String file) throws IOException;
}

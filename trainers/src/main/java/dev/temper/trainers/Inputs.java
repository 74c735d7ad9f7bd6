package dev.temper.trainers;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.Input;
import java.io.IOException;
import java.nio.file.Path;

/** The verified artifacts and files that a stage reads. */
public interface Inputs {

  /**
   * The folder of one output of another stage: a Hugging Face directory for a policy or a reward
   * model, a folder with JSONL files for pairs, rollouts and completions.
   */
  Path folder(Input input) throws IOException;

  /** A data file, or a folder of them, whose SHA-256 is as the spec says. */
  Path file(DataSource.File file) throws IOException;
}

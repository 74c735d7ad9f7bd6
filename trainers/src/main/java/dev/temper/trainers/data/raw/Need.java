package dev.temper.trainers.data.raw;

import java.util.Optional;

/** What a stage wants to read from a source. */
public enum Need {
  PROMPTS("a prompt") {
    @Override
    public Optional<String> missing(RawRow row) {
      return row.prompt().isPresent() ? Optional.empty() : Optional.of("prompt");
    }
  },
  ROWS("a prompt and a completion") {
    @Override
    public Optional<String> missing(RawRow row) {
      if (row.prompt().isEmpty()) {
        return Optional.of("prompt");
      }
      return row.target().isPresent() || row.tokens().isPresent()
          ? Optional.empty()
          : Optional.of("completion");
    }
  },
  PAIRS("a prompt and completions that were compared or rated") {
    @Override
    public Optional<String> missing(RawRow row) {
      if (row.prompt().isEmpty()) {
        return Optional.of("prompt");
      }
      return row.candidates().isEmpty() ? Optional.of("chosen") : Optional.empty();
    }
  },
  DOCUMENTS("a text") {
    @Override
    public Optional<String> missing(RawRow row) {
      return row.text().isPresent() ? Optional.empty() : Optional.of("text");
    }
  };

  private final String description;

  Need(String description) {
    this.description = description;
  }

  /** The field that the row lacks, if it lacks one. */
  public abstract Optional<String> missing(RawRow row);

  public String description() {
    return description;
  }
}

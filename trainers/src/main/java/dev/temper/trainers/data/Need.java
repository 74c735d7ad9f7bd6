package dev.temper.trainers.data;

import java.util.Optional;

/** What a stage wants to read from a source. */
enum Need {
  PROMPTS("a prompt") {
    @Override
    Optional<String> missing(RawRow row) {
      return row.prompt().isPresent() ? Optional.empty() : Optional.of("prompt");
    }
  },
  ROWS("a prompt and a completion") {
    @Override
    Optional<String> missing(RawRow row) {
      if (row.prompt().isEmpty()) {
        return Optional.of("prompt");
      }
      return row.completion().isPresent() || row.tokens().isPresent()
          ? Optional.empty()
          : Optional.of("completion");
    }
  },
  DOCUMENTS("a text") {
    @Override
    Optional<String> missing(RawRow row) {
      return row.text().isPresent() ? Optional.empty() : Optional.of("text");
    }
  };

  private final String description;

  Need(String description) {
    this.description = description;
  }

  /** The field that the row lacks, if it lacks one. */
  abstract Optional<String> missing(RawRow row);

  String description() {
    return description;
  }
}

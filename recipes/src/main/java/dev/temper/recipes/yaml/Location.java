package dev.temper.recipes.yaml;

/** Where a value stands: a file with line and column from 1, or an option without them. */
record Location(String source, int line, int column) {

  static Location option(String option) {
    return new Location(option, 0, 0);
  }

  Problem problem(String path, String message) {
    return new Problem(source, line, column, path, message);
  }
}

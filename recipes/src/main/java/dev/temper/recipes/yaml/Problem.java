package dev.temper.recipes.yaml;

/**
 * One thing that is wrong in a recipe.
 *
 * @param source file name, or the {@code --set} option that it comes from
 * @param line from 1; 0 where there is no line
 * @param column from 1; 0 where there is no line
 * @param path of keys, for example {@code stages.rl.kl.beta}; empty for the whole recipe
 * @param message the rule and the value that breaks it
 */
public record Problem(String source, int line, int column, String path, String message) {

  /** As one line: {@code file:line:column: path message}. */
  public String text() {
    String place = line > 0 ? "%s:%d:%d".formatted(source, line, column) : source;
    return "%s: %s%s".formatted(place, path.isEmpty() ? "" : path + " ", message);
  }
}

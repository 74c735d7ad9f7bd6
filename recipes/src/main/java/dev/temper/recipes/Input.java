package dev.temper.recipes;

/**
 * What a stage reads from another stage.
 *
 * <p>In a recipe: {@code sft}, {@code pairs.train}, {@code curve.peak} or {@code rl@120}.
 *
 * @param stage name of the stage
 * @param output which of its outputs; empty for the default one, {@code @120} for a snapshot
 */
public record Input(String stage, String output) {

  /** As it stands in a recipe. */
  public String text() {
    return output.isEmpty() || output.startsWith("@") ? stage + output : stage + "." + output;
  }

  /** The inverse of {@link #text()}. */
  public static Input parse(String text) {
    int at = text.indexOf('@');
    int dot = text.indexOf('.');
    if (at > 0) {
      return new Input(text.substring(0, at), text.substring(at));
    }
    return dot > 0
        ? new Input(text.substring(0, dot), text.substring(dot + 1))
        : new Input(text, "");
  }
}

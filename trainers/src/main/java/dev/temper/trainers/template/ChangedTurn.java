package dev.temper.trainers.template;

/** What is said where a template writes a turn differently once something follows it. */
public final class ChangedTurn {

  private static final int SHOWN = 40;

  private ChangedTurn() {}

  /**
   * The refusal.
   *
   * @param before text without what follows
   * @param after text with it
   */
  public static TemplateException of(int turn, String before, String after) {
    int same = 0;
    while (same < Math.min(before.length(), after.length())
        && before.charAt(same) == after.charAt(same)) {
      same++;
    }
    return TemplateException.value(
        ("messages[%d] is not prefix stable: '%s' becomes '%s' with what follows, so that what is"
                + " trained would not be what the model is asked with; turns can be trained one by"
                + " one (unrolled) where only later turns change it")
            .formatted(turn, start(before, same), start(after, same)));
  }

  private static String start(String text, int from) {
    int to = Math.min(text.length(), from + SHOWN);
    return text.substring(from, to).replace("\n", "\\n") + (to < text.length() ? "..." : "");
  }
}

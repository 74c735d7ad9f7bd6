package dev.temper.trainers.text;

import dev.temper.trainers.StageFailure;
import java.util.List;
import java.util.Map;

/** Text from outside, which may not write special tokens. */
final class PlainText {

  private final Tokenizer tokenizer;
  private final List<String> marks;

  /**
   * @param marks what text may not contain
   */
  PlainText(Tokenizer tokenizer, List<String> marks) {
    this.tokenizer = tokenizer;
    this.marks = marks;
  }

  int[] encode(String text) {
    require(text);
    return tokenizer.encode(text);
  }

  /**
   * Checks all text in values of JSON.
   *
   * @throws StageFailure DataContract naming the special token
   */
  void require(Object value) {
    if (value instanceof String text) {
      marks.stream().filter(text::contains).findFirst().ifPresent(mark -> refuse(mark, text));
    } else if (value instanceof List<?> list) {
      list.forEach(this::require);
    } else if (value instanceof Map<?, ?> map) {
      map.keySet().forEach(this::require);
      map.values().forEach(this::require);
    }
  }

  private void refuse(String mark, String text) {
    throw new StageFailure(
        StageFailure.Type.DATA_CONTRACT,
        "text contains '%s', which is a special token of tokenizer '%s': %s"
            .formatted(
                mark,
                tokenizer.origin(),
                text.length() <= 80 ? text : text.substring(0, 80) + "..."));
  }
}

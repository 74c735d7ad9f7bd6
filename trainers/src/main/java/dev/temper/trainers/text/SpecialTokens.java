package dev.temper.trainers.text;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Begin of sequence, end of turn, padding. They may be one token, so that nothing is ever masked by
 * its id.
 *
 * @param bos of tokenizers that have one
 * @param named text by the name that templates know it by, for example {@code unk_token}
 * @param marks texts of all tokens that {@code tokenizer.json} calls special
 */
record SpecialTokens(
    Optional<Token> bos, Token eos, Token pad, Map<String, String> named, List<String> marks) {

  SpecialTokens {
    named = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(named));
    marks = List.copyOf(marks);
  }

  List<Token> all() {
    return Stream.concat(bos.stream(), Stream.of(eos, pad)).toList();
  }

  record Token(String text, int id) {}
}

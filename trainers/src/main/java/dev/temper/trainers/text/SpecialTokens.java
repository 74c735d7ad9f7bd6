package dev.temper.trainers.text;

import java.util.List;

/**
 * Begin of sequence, end of turn, padding. They may be one token, so that nothing is ever masked by
 * its id.
 */
record SpecialTokens(Token bos, Token eos, Token pad) {

  List<Token> all() {
    return List.of(bos, eos, pad);
  }

  record Token(String text, int id) {}
}

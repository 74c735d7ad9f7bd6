package dev.temper.trainers.text;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.trainers.data.NoteVocabulary;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The tokenizers that ship with Temper, made from their languages rather than kept as files. */
final class BuiltInTokenizers {

  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> SPECIAL = List.of("<bos>", "<eos>", "<pad>", "<unk>");
  private static final Map<String, Set<String>> PIECES =
      Map.of("kind-notes", NoteVocabulary.pieces());

  private BuiltInTokenizers() {}

  static Set<String> names() {
    return PIECES.keySet();
  }

  static TokenizerFiles files(String name) throws IOException {
    Set<String> pieces = PIECES.get(name);
    if (pieces == null) {
      throw new IllegalArgumentException(
          "tokenizer must be one of %s, got '%s'".formatted(names(), name));
    }
    return TokenizerFiles.of(name, TokenizerFiles.pretty(wordLevel(pieces)), config());
  }

  /**
   * One token per word over byte-level pieces, so that decoding gives natural text back exactly: a
   * space before a word and a line break are part of the pieces.
   */
  private static ObjectNode wordLevel(Set<String> pieces) {
    ObjectNode tokenizer = JSON.createObjectNode();
    tokenizer.put("version", "1.0").putNull("truncation").putNull("padding");
    ArrayNode added = tokenizer.putArray("added_tokens");
    SPECIAL.forEach(token -> added.add(addedToken(token, SPECIAL.indexOf(token))));
    tokenizer.putNull("normalizer");
    tokenizer.set("pre_tokenizer", byteLevel(false));
    tokenizer.putNull("post_processor");
    tokenizer.set("decoder", byteLevel(true));
    ObjectNode model = tokenizer.putObject("model").put("type", "WordLevel");
    ObjectNode vocabulary = model.putObject("vocab");
    SPECIAL.forEach(token -> vocabulary.put(token, vocabulary.size()));
    Set<String> sorted = new TreeSet<>();
    pieces.forEach(piece -> sorted.add(byteLevelText(piece)));
    sorted.forEach(piece -> vocabulary.put(piece, vocabulary.size()));
    model.put("unk_token", "<unk>");
    return tokenizer;
  }

  /** How byte-level tokenizers write space and line break. */
  private static String byteLevelText(String piece) {
    return piece.replace(' ', '\u0120').replace('\n', '\u010A');
  }

  private static ObjectNode addedToken(String content, int id) {
    return JSON.createObjectNode()
        .put("id", id)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
  }

  private static ObjectNode byteLevel(boolean prefixSpace) {
    return JSON.createObjectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", prefixSpace)
        .put("trim_offsets", true)
        .put("use_regex", true);
  }

  private static ObjectNode config() {
    return JSON.createObjectNode()
        .put("tokenizer_class", "PreTrainedTokenizerFast")
        .put("bos_token", "<bos>")
        .put("eos_token", "<eos>")
        .put("pad_token", "<pad>")
        .put("unk_token", "<unk>")
        .put("clean_up_tokenization_spaces", false)
        .put("add_bos_token", false)
        .put("add_eos_token", false)
        .put("chat_template", ChatTemplate.MINIMAL);
  }
}

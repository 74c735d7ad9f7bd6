package dev.temper.trainers.text;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Writes a byte-level tokenizer with a few merges, as GPT-2's family has, and special tokens of
 * choice.
 */
final class ByteTokenizer {

  private static final JsonMapper JSON = new JsonMapper();

  private final List<String> special;
  private final ObjectNode config = JSON.createObjectNode();

  ByteTokenizer(String... special) {
    this.special = List.of(special);
  }

  ByteTokenizer token(String name, String text) {
    config.put(name, text);
    return this;
  }

  ByteTokenizer config(String name, String json) throws IOException {
    config.set(name, JSON.readTree(json));
    return this;
  }

  /** Writes the files; loads them. */
  Tokenizer write(Path folder, Optional<String> template) throws IOException {
    Files.createDirectories(folder);
    template.ifPresent(text -> config.put("chat_template", text));
    Files.writeString(folder.resolve("tokenizer.json"), JSON.writeValueAsString(tokenizer()));
    Files.writeString(folder.resolve("tokenizer_config.json"), config.toString());
    return Tokenizer.load(folder);
  }

  private ObjectNode tokenizer() {
    ObjectNode tokenizer = JSON.createObjectNode();
    tokenizer.put("version", "1.0").putNull("truncation").putNull("padding");
    tokenizer.putNull("normalizer");
    tokenizer.set("pre_tokenizer", byteLevel());
    tokenizer.putNull("post_processor");
    tokenizer.set("decoder", byteLevel());
    ObjectNode model = tokenizer.putObject("model").put("type", "BPE");
    model.putNull("dropout").putNull("unk_token").put("byte_fallback", false);
    ObjectNode vocabulary = model.putObject("vocab");
    for (int value = 0; value < 256; value++) {
      vocabulary.put(character(value), value);
    }
    ArrayNode merges = model.putArray("merges");
    for (String merge : List.of("\u010A \u010A", "\u0120 a", "h e", "l l", "he ll", "\u0120 :")) {
      merges.add(merge);
      vocabulary.put(merge.replace(" ", ""), vocabulary.size());
    }
    ArrayNode added = tokenizer.putArray("added_tokens");
    for (String text : special) {
      added
          .addObject()
          .put("id", vocabulary.size() + added.size() - 1)
          .put("content", text)
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", true);
    }
    return tokenizer;
  }

  private static ObjectNode byteLevel() {
    return JSON.createObjectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", true);
  }

  /** How byte-level tokenizers write a byte: those that cannot be seen from 256 on. */
  private static String character(int value) {
    int unseen = 0;
    for (int other = 0; other < value; other++) {
      unseen += seen(other) ? 0 : 1;
    }
    return Character.toString(seen(value) ? value : 256 + unseen);
  }

  private static boolean seen(int value) {
    return (value >= '!' && value <= '~')
        || (value >= 0xA1 && value <= 0xAC)
        || (value >= 0xAE && value <= 0xFF);
  }
}

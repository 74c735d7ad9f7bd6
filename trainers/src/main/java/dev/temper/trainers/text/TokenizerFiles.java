package dev.temper.trainers.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The files of a tokenizer in a Hugging Face folder, and what can be read from them without the
 * native library.
 *
 * @param origin folder or name, for messages
 * @param tokens size of the vocabulary, added tokens included
 */
record TokenizerFiles(
    String origin,
    String tokenizerJson,
    String configJson,
    String specialTokensMapJson,
    int tokens,
    SpecialTokens special,
    Optional<String> chatTemplate) {

  static final String TOKENIZER = "tokenizer.json";
  static final String CONFIG = "tokenizer_config.json";
  static final String SPECIAL = "special_tokens_map.json";
  private static final String TEMPLATE_FILE = "chat_template.jinja";
  private static final JsonMapper JSON = new JsonMapper();

  /** Reads a folder, or the folder of a tokenizer.json; a missing file of the other two is made. */
  static TokenizerFiles read(Path path) throws IOException {
    Path folder = Files.isDirectory(path) ? path : path.toAbsolutePath().getParent();
    Path tokenizer = Files.isDirectory(path) ? path.resolve(TOKENIZER) : path;
    String origin = String.valueOf(folder.getFileName());
    String tokenizerJson =
        text(tokenizer).orElseThrow(() -> refused(origin, "has no " + TOKENIZER));
    ObjectNode config =
        text(folder.resolve(CONFIG)).isPresent()
            ? object(text(folder.resolve(CONFIG)).get(), origin, CONFIG)
            : JSON.createObjectNode();
    Optional<String> template = text(folder.resolve(TEMPLATE_FILE));
    if (template.isPresent() && !config.has("chat_template")) {
      // Newer folders keep the template in a file of its own.
      config.put("chat_template", template.get());
    }
    return of(origin, tokenizerJson, config);
  }

  /**
   * From the contents of tokenizer.json and tokenizer_config.json.
   *
   * @param config begin, end and padding; padding is the end token where it names none
   */
  static TokenizerFiles of(String origin, String tokenizerJson, ObjectNode config)
      throws IOException {
    Vocabulary vocabulary = Vocabulary.of(object(tokenizerJson, origin, TOKENIZER));
    SpecialTokens.Token eos =
        token(config, "eos_token", vocabulary)
            .orElseThrow(() -> refused(origin, "names no eos_token that its vocabulary has"));
    SpecialTokens.Token bos =
        token(config, "bos_token", vocabulary)
            .orElseThrow(() -> refused(origin, "names no bos_token that its vocabulary has"));
    SpecialTokens.Token pad = token(config, "pad_token", vocabulary).orElse(eos);
    JsonNode template = config.path("chat_template");
    return new TokenizerFiles(
        origin,
        tokenizerJson,
        pretty(config),
        pretty(specialTokensMap(config)),
        vocabulary.size(),
        new SpecialTokens(bos, eos, pad),
        template.isMissingNode() || template.isNull()
            ? Optional.empty()
            : Optional.of(template.isTextual() ? template.textValue() : template.toString()));
  }

  Map<String, ByteBuffer> content() {
    Map<String, ByteBuffer> files = new LinkedHashMap<>();
    files.put(TOKENIZER, bytes(tokenizerJson));
    files.put(CONFIG, bytes(configJson));
    files.put(SPECIAL, bytes(specialTokensMapJson));
    return files;
  }

  String identity() {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      content()
          .forEach(
              (name, content) -> {
                sha256.update(bytes(name + "\n" + content.remaining() + "\n"));
                sha256.update(content);
              });
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ObjectNode specialTokensMap(ObjectNode config) {
    ObjectNode map = JSON.createObjectNode();
    for (String name : new String[] {"bos_token", "eos_token", "pad_token", "unk_token"}) {
      tokenText(config.path(name)).ifPresent(text -> map.put(name, text));
    }
    return map;
  }

  private static Optional<SpecialTokens.Token> token(
      ObjectNode config, String field, Vocabulary vocabulary) {
    Optional<String> text = tokenText(config.path(field));
    if (text.isEmpty()) {
      return Optional.empty();
    }
    OptionalInt id = vocabulary.id(text.get());
    return id.isEmpty()
        ? Optional.empty()
        : Optional.of(new SpecialTokens.Token(text.get(), id.getAsInt()));
  }

  /** A token stands in a configuration as text, or as an object with its content. */
  private static Optional<String> tokenText(JsonNode value) {
    JsonNode text = value.isObject() ? value.path("content") : value;
    return text.isTextual() ? Optional.of(text.textValue()) : Optional.empty();
  }

  private static Optional<String> text(Path file) throws IOException {
    try {
      return Optional.of(Files.readString(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static ObjectNode object(String json, String origin, String file) {
    try {
      if (JSON.readTree(json) instanceof ObjectNode object) {
        return object;
      }
      throw refused(origin, file + " must hold a JSON object");
    } catch (JsonProcessingException e) {
      throw refused(origin, file + " is not JSON: " + e.getOriginalMessage());
    }
  }

  static String pretty(JsonNode json) throws IOException {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static StageFailure refused(String origin, String reason) {
    return new StageFailure(
        StageFailure.Type.DATA_CONTRACT, "tokenizer '" + origin + "' " + reason);
  }
}

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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The files of a tokenizer in a Hugging Face folder, byte for byte, and what can be read from them
 * without the native library.
 *
 * @param origin folder or name, for messages
 * @param content bytes by path; what lies beside weights wherever they go
 * @param tokens size of the vocabulary, added tokens included
 */
record TokenizerFiles(
    String origin,
    Map<String, ByteBuffer> content,
    int tokens,
    SpecialTokens special,
    ChatTemplates templates,
    TextIdentity identity) {

  static final String TOKENIZER = "tokenizer.json";
  static final String CONFIG = "tokenizer_config.json";
  static final String SPECIAL = "special_tokens_map.json";
  static final String TEMPLATE = "chat_template.jinja";
  static final String TEMPLATES = "additional_chat_templates";
  private static final String JINJA = ".jinja";

  /** Forms of the same tokenizer that other programs read. */
  private static final List<String> COMPANIONS =
      List.of("added_tokens.json", "vocab.json", "merges.txt", "tokenizer.model");

  private static final JsonMapper JSON = new JsonMapper();

  TokenizerFiles {
    content = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(content));
  }

  /**
   * Reads a folder, or the folder of a tokenizer.json. A tokenizer_config.json or
   * special_tokens_map.json that it lacks is made.
   */
  static TokenizerFiles read(Path path) throws IOException {
    Path folder = Files.isDirectory(path) ? path : path.toAbsolutePath().getParent();
    Path tokenizer = Files.isDirectory(path) ? path.resolve(TOKENIZER) : path;
    String origin = String.valueOf(folder.getFileName());
    Map<String, ByteBuffer> found = new LinkedHashMap<>();
    found.put(
        TOKENIZER, bytes(tokenizer).orElseThrow(() -> refused(origin, "has no " + TOKENIZER)));
    for (String name :
        Stream.concat(Stream.of(CONFIG, SPECIAL, TEMPLATE), COMPANIONS.stream()).toList()) {
      Optional<ByteBuffer> bytes = bytes(folder.resolve(name));
      bytes.ifPresent(content -> found.put(name, content));
    }
    for (Path template : additional(folder.resolve(TEMPLATES))) {
      found.put(TEMPLATES + "/" + template.getFileName(), bytes(template).orElseThrow());
    }
    return of(origin, found);
  }

  private static List<Path> additional(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(JINJA)).sorted().toList();
    }
  }

  /**
   * From the contents of tokenizer.json and tokenizer_config.json.
   *
   * @param config begin, end and padding; padding is the end token where it names none
   */
  static TokenizerFiles of(String origin, String tokenizerJson, ObjectNode config)
      throws IOException {
    Map<String, ByteBuffer> found = new LinkedHashMap<>();
    found.put(TOKENIZER, bytes(tokenizerJson));
    found.put(CONFIG, bytes(pretty(config)));
    return of(origin, found);
  }

  private static TokenizerFiles of(String origin, Map<String, ByteBuffer> found)
      throws IOException {
    ObjectNode tokenizer = object(text(found, TOKENIZER), origin, TOKENIZER);
    ObjectNode config =
        found.containsKey(CONFIG)
            ? object(text(found, CONFIG), origin, CONFIG)
            : JSON.createObjectNode();
    ObjectNode map =
        found.containsKey(SPECIAL)
            ? object(text(found, SPECIAL), origin, SPECIAL)
            : JSON.createObjectNode();
    ChatTemplates templates = ChatTemplates.of(config.path("chat_template"), jinja(found));
    SpecialTokens special = special(origin, tokenizer, config, map);
    Map<String, ByteBuffer> content = new LinkedHashMap<>();
    content.put(TOKENIZER, found.get(TOKENIZER));
    content.put(CONFIG, found.getOrDefault(CONFIG, bytes(pretty(config))));
    content.put(SPECIAL, found.getOrDefault(SPECIAL, bytes(pretty(specialTokensMap(config)))));
    content.putAll(found);
    return new TokenizerFiles(
        origin,
        content,
        Vocabulary.of(tokenizer).size(),
        special,
        templates,
        identity(found.get(TOKENIZER), templates, special, config));
  }

  private static Map<String, String> jinja(Map<String, ByteBuffer> found) {
    Map<String, String> templates = new TreeMap<>();
    for (String name : found.keySet()) {
      if (name.equals(TEMPLATE)) {
        templates.put(ChatTemplates.DEFAULT, text(found, name));
      } else if (name.startsWith(TEMPLATES)) {
        String file = name.substring(TEMPLATES.length() + 1);
        templates.put(file.substring(0, file.length() - JINJA.length()), text(found, name));
      }
    }
    return templates;
  }

  private static SpecialTokens special(
      String origin, ObjectNode tokenizer, ObjectNode config, ObjectNode map) {
    Vocabulary vocabulary = Vocabulary.of(tokenizer);
    Map<String, String> named = new TreeMap<>();
    for (ObjectNode source : List.of(map, config)) {
      source
          .properties()
          .forEach(
              field -> {
                if (field.getKey().endsWith("_token")) {
                  tokenText(field.getValue()).ifPresent(text -> named.put(field.getKey(), text));
                }
              });
    }
    List<String> marks = new ArrayList<>();
    for (JsonNode token : tokenizer.path("added_tokens")) {
      if (token.path("special").asBoolean()) {
        marks.add(token.path("content").asText());
      }
    }
    SpecialTokens.Token eos =
        token(named, "eos_token", vocabulary)
            .orElseThrow(() -> refused(origin, "names no eos_token that its vocabulary has"));
    return new SpecialTokens(
        token(named, "bos_token", vocabulary),
        eos,
        token(named, "pad_token", vocabulary).orElse(eos),
        named,
        marks);
  }

  private static TextIdentity identity(
      ByteBuffer tokenizer, ChatTemplates templates, SpecialTokens special, ObjectNode config) {
    Sha256 template = new Sha256();
    if (templates.none()) {
      // What is rendered where there is none.
      template.add(ChatTemplates.DEFAULT, ChatTemplate.MINIMAL);
    }
    templates.byName().forEach(template::add);
    Sha256 policy = new Sha256();
    special.bos().ifPresent(token -> policy.add("bos", token.id() + " " + token.text()));
    policy.add("eos", special.eos().id() + " " + special.eos().text());
    policy.add("pad", special.pad().id() + " " + special.pad().text());
    for (String adds : List.of("add_bos_token", "add_eos_token")) {
      policy.add(adds, String.valueOf(config.path(adds).asBoolean()));
    }
    return new TextIdentity(new Sha256().add(tokenizer).hex(), template.hex(), policy.hex());
  }

  private static ObjectNode specialTokensMap(ObjectNode config) {
    ObjectNode map = JSON.createObjectNode();
    for (String name : new String[] {"bos_token", "eos_token", "pad_token", "unk_token"}) {
      tokenText(config.path(name)).ifPresent(text -> map.put(name, text));
    }
    return map;
  }

  private static Optional<SpecialTokens.Token> token(
      Map<String, String> named, String name, Vocabulary vocabulary) {
    String text = named.get(name);
    OptionalInt id = text == null ? OptionalInt.empty() : vocabulary.id(text);
    return id.isEmpty()
        ? Optional.empty()
        : Optional.of(new SpecialTokens.Token(text, id.getAsInt()));
  }

  /** A token stands in a configuration as text, or as an object with its content. */
  private static Optional<String> tokenText(JsonNode value) {
    JsonNode text = value.isObject() ? value.path("content") : value;
    return text.isTextual() ? Optional.of(text.textValue()) : Optional.empty();
  }

  private static Optional<ByteBuffer> bytes(Path file) throws IOException {
    try {
      return Optional.of(ByteBuffer.wrap(Files.readAllBytes(file)).asReadOnlyBuffer());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static String text(Map<String, ByteBuffer> files, String name) {
    return StandardCharsets.UTF_8.decode(files.get(name).duplicate()).toString();
  }

  String tokenizerJson() {
    return text(content, TOKENIZER);
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
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer();
  }

  private static StageFailure refused(String origin, String reason) {
    return new StageFailure(
        StageFailure.Type.DATA_CONTRACT, "tokenizer '" + origin + "' " + reason);
  }
}

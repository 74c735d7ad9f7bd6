package dev.temper.trainers.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Text to token ids and back, by a Hugging Face {@code tokenizer.json}.
 *
 * <p>It never adds a special token: begin and end are put where the {@link ChatFormat} says.
 * Loading one does not load the tensor library. Thread-safe.
 */
public final class Tokenizer implements AutoCloseable {

  private static final int VOCABULARY_MULTIPLE = 8;
  private static final Map<String, String> OPTIONS =
      Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

  private final TokenizerFiles files;
  private final HuggingFaceTokenizer tokenizer;

  private Tokenizer(TokenizerFiles files) throws IOException {
    this.files = files;
    this.tokenizer =
        HuggingFaceTokenizer.newInstance(
            new ByteArrayInputStream(files.tokenizerJson().getBytes(StandardCharsets.UTF_8)),
            OPTIONS);
  }

  /**
   * Loads the tokenizer of a Hugging Face folder.
   *
   * @param folder with {@code tokenizer.json} and, usually, {@code tokenizer_config.json}; or the
   *     tokenizer.json itself
   * @throws dev.temper.trainers.StageFailure DataContract naming the file and what it lacks
   */
  public static Tokenizer load(Path folder) throws IOException {
    return new Tokenizer(TokenizerFiles.read(folder));
  }

  /**
   * A tokenizer that ships with Temper.
   *
   * @param name {@code kind-notes}
   * @throws IllegalArgumentException naming those that exist
   */
  public static Tokenizer builtIn(String name) {
    try {
      return new Tokenizer(BuiltInTokenizers.files(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether {@link #builtIn} knows the name. */
  public static boolean isBuiltIn(String name) {
    return BuiltInTokenizers.names().contains(name);
  }

  /** Token ids of a text, without begin or end. */
  public int[] encode(String text) {
    long[] ids = tokenIds(text);
    int[] result = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      result[i] = Math.toIntExact(ids[i]);
    }
    return result;
  }

  /**
   * Asks the native library for ids alone: offsets, masks and strings of every token, which an
   * {@code Encoding} also has, take as long again.
   */
  private long[] tokenIds(String text) {
    long encoding = TokenizersLibrary.LIB.encode(tokenizer.getHandle(), text, false);
    try {
      return TokenizersLibrary.LIB.getTokenIds(encoding);
    } finally {
      TokenizersLibrary.LIB.deleteEncoding(encoding);
    }
  }

  /** The text of token ids; special tokens are left out. */
  public String decode(int[] ids) {
    return decode(ids, true);
  }

  /** The text of token ids, special tokens included. */
  String decodeAll(int[] ids) {
    return decode(ids, false);
  }

  private String decode(int[] ids, boolean skipSpecial) {
    long[] wide = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      wide[i] = ids[i];
    }
    return tokenizer.decode(wide, skipSpecial);
  }

  /** Rows of an embedding for it: the number of tokens, rounded up to a multiple of 8. */
  public int vocabSize() {
    int rounded = files.tokens() + VOCABULARY_MULTIPLE - 1;
    return rounded / VOCABULARY_MULTIPLE * VOCABULARY_MULTIPLE;
  }

  public int bosId() {
    return files.special().bos().id();
  }

  public int eosId() {
    return files.special().eos().id();
  }

  public int padId() {
    return files.special().pad().id();
  }

  /** The special tokens that text may not contain. */
  SpecialTokens special() {
    return files.special();
  }

  /** The Jinja template of {@code tokenizer_config.json}; empty where it has none. */
  Optional<String> chatTemplate() {
    return files.chatTemplate();
  }

  /** Where it was loaded from, for messages. */
  String origin() {
    return files.origin();
  }

  /** tokenizer.json, tokenizer_config.json and special_tokens_map.json, to lie beside weights. */
  public Map<String, ByteBuffer> files() {
    return files.content();
  }

  /**
   * SHA-256 over {@link #files()}: two tokenizers with the same identity give the same ids, begin,
   * end, padding and template.
   */
  public String identity() {
    return files.identity();
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}

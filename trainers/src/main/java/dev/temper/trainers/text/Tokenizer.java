package dev.temper.trainers.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.temper.trainers.StageFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

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

  /** Tokens of a text with their places in it. */
  TokenizedText locate(String text) {
    long encoding = TokenizersLibrary.LIB.encode(tokenizer.getHandle(), text, false);
    try {
      long[] ids = TokenizersLibrary.LIB.getTokenIds(encoding);
      CharSpan[] places = TokenizersLibrary.LIB.getTokenCharSpans(encoding);
      int[] characters = CodePoints.starts(text);
      TokenizedText located =
          new TokenizedText(new int[ids.length], new int[ids.length], new int[ids.length]);
      for (int i = 0; i < ids.length; i++) {
        located.ids()[i] = Math.toIntExact(ids[i]);
        located.starts()[i] = characters[places[i].getStart()];
        located.ends()[i] = characters[places[i].getEnd()];
      }
      return located;
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

  /**
   * @throws dev.temper.trainers.StageFailure DataContract where it has no begin token
   */
  public int bosId() {
    return files
        .special()
        .bos()
        .orElseThrow(
            () ->
                new StageFailure(
                    StageFailure.Type.DATA_CONTRACT,
                    "tokenizer '%s' names no bos_token that its vocabulary has, and there is nothing else to begin with"
                        .formatted(origin())))
        .id();
  }

  public int eosId() {
    return files.special().eos().id();
  }

  /** Whether a token is the end token, or another that {@code tokenizer.json} calls special. */
  boolean endsTurn(int id) {
    return id == eosId() || special().marks().contains(decodeAll(new int[] {id}));
  }

  public int padId() {
    return files.special().pad().id();
  }

  /** The special tokens that text may not contain. */
  SpecialTokens special() {
    return files.special();
  }

  /** The Jinja templates of {@code tokenizer_config.json} and of files beside it. */
  ChatTemplates templates() {
    return files.templates();
  }

  /** The file that a chat template stands in, or would. */
  String templateFile(String name) {
    if (name.equals(ChatTemplates.DEFAULT)) {
      return files.content().containsKey(TokenizerFiles.TEMPLATE)
          ? TokenizerFiles.TEMPLATE
          : TokenizerFiles.CONFIG;
    }
    String file = TokenizerFiles.TEMPLATES + "/" + name + ".jinja";
    return files.content().containsKey(file) ? file : TokenizerFiles.CONFIG;
  }

  /** Where it was loaded from, for messages. */
  String origin() {
    return files.origin();
  }

  /** Its files byte for byte, to lie beside weights. */
  public Map<String, ByteBuffer> files() {
    Map<String, ByteBuffer> copies = new LinkedHashMap<>();
    files.content().forEach((name, content) -> copies.put(name, content.duplicate()));
    return copies;
  }

  /** What two stages must have in common for token ids to mean the same in both. */
  public TextIdentity identity() {
    return files.identity();
  }

  /** Whether it is one that ships with Temper. */
  public boolean shipped() {
    for (String name : BuiltInTokenizers.names()) {
      try {
        if (BuiltInTokenizers.files(name).identity().equals(identity())) {
          return true;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return false;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}

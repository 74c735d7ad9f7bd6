package dev.temper.recipes;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/**
 * The name of a stage's result: what it was made from, and nothing else.
 *
 * <pre>
 *   key = SHA-256(canonical JSON {"numerics": version, "spec": spec})
 * </pre>
 *
 * <p>In the spec every {@link Input} stands as the content hash and output that it resolved to, and
 * a data file as its SHA-256. The name of the stage, paths, where a server stands, and everything
 * outside the spec do not count. Components that were added later count once they differ from what
 * was before.
 */
public final class StageKey {

  private static final String INPUTS = "inputs";
  private static final String SHA256 = "sha256";

  private StageKey() {}

  /**
   * The key, 64 hexadecimal digits.
   *
   * @param inputs what each input of the spec resolved to
   * @param numericsVersion version of the numerics of this kind of stage
   * @throws IllegalArgumentException if an input is missing in {@code inputs}, or a data file has
   *     no SHA-256 yet
   */
  public static String of(StageSpec spec, Map<Input, ArtifactRef> inputs, int numericsVersion) {
    ObjectNode identity = JsonNodeFactory.instance.objectNode();
    identity.put("numerics", numericsVersion);
    identity.set("spec", spec(spec, inputs));
    return HexFormat.of().formatHex(sha256().digest(CanonicalJson.bytes(identity)));
  }

  /**
   * The part of a spec that counts, as JSON: two specs of one key have equal ones.
   *
   * @throws IllegalArgumentException as {@link #of}
   */
  public static JsonNode spec(StageSpec spec, Map<Input, ArtifactRef> inputs) {
    JsonNode tree = tree(spec, inputs, AddedLater.REGISTERED);
    requireHashes(tree);
    return tree;
  }

  /** The part of a value that counts, as JSON. */
  static JsonNode tree(
      Object value, Map<Input, ArtifactRef> inputs, Map<Class<?>, Map<String, Object>> addedLater) {
    ObjectMapper mapper = mapper(addedLater);
    try (TokenBuffer buffer = new TokenBuffer(mapper, false)) {
      mapper.writer().withAttribute(INPUTS, inputs).writeValue(buffer, value);
      return mapper.readTree(buffer.asParser());
    } catch (IOException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw refused;
      }
      throw new UncheckedIOException(e);
    }
  }

  private static void requireHashes(JsonNode node) {
    if (node.path(SHA256).isTextual() && node.get(SHA256).textValue().isEmpty()) {
      throw new IllegalArgumentException("a data file has no SHA-256 yet");
    }
    node.forEach(StageKey::requireHashes);
  }

  private static ObjectMapper mapper(Map<Class<?>, Map<String, Object>> addedLater) {
    SimpleModule evolution = new SimpleModule("temper-keys");
    evolution.setSerializerModifier(new AddedLater(addedLater));
    return RecipeJson.builder(new InputAsContent())
        .addModule(evolution)
        .addMixIn(DataSource.File.class, WithoutPath.class)
        .addMixIn(ServerSpec.class, WithoutAddress.class)
        .build();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  @JsonIgnoreProperties("file")
  private interface WithoutPath {}

  @JsonIgnoreProperties({"url", "concurrency", "timeoutSeconds"})
  private interface WithoutAddress {}

  private static final class InputAsContent extends StdSerializer<Input> {
    @Serial private static final long serialVersionUID = 1L;

    InputAsContent() {
      super(Input.class);
    }

    @Override
    public void serialize(Input input, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      Object resolved = ((Map<?, ?>) provider.getAttribute(INPUTS)).get(input);
      if (!(resolved instanceof ArtifactRef artifact)) {
        throw new IllegalArgumentException("input '%s' is not resolved".formatted(input.text()));
      }
      out.writeStartObject();
      out.writeStringField("content", artifact.content());
      out.writeStringField("output", artifact.output());
      out.writeEndObject();
    }
  }
}

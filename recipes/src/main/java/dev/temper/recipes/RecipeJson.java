package dev.temper.recipes;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.io.Serial;
import java.util.Optional;

/**
 * The one way in which specs become JSON: as Temporal payloads, in manifests and below keys.
 *
 * <p>Strict, since a lost field must never read as zero: every component that is not {@link
 * Optional} has to be there, unknown fields and nulls are refused. An empty {@link Optional} is
 * left out. An {@link Input} is {@code {"$input": "rl@120"}}; a {@link DataSource} is told by its
 * key.
 */
public final class RecipeJson {

  static final String INPUT = "$input";

  private RecipeJson() {}

  /** A fresh mapper. */
  public static ObjectMapper mapper() {
    return builder(new InputAsText()).build();
  }

  /** The configuration, with another way to write inputs where a key needs one. */
  static JsonMapper.Builder builder(StdSerializer<Input> inputs) {
    SimpleModule records = new SimpleModule("temper-recipes");
    records.addSerializer(Input.class, inputs);
    records.addDeserializer(Input.class, new InputFromText());
    return JsonMapper.builder()
        .annotationIntrospector(new ComponentsAreRequired())
        .addModule(new Jdk8Module())
        .addModule(records)
        .defaultPropertyInclusion(
            JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, JsonInclude.Include.ALWAYS))
        .withConfigOverride(
            java.util.List.class,
            override -> override.setSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL)))
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT);
  }

  /**
   * FAIL_ON_MISSING_CREATOR_PROPERTIES for all but {@link Optional} components: that feature itself
   * would refuse an absent {@link Optional} too.
   */
  private static final class ComponentsAreRequired extends JacksonAnnotationIntrospector {
    @Serial private static final long serialVersionUID = 1L;

    @Override
    public Boolean hasRequiredMarker(AnnotatedMember member) {
      boolean component = member.getDeclaringClass().isRecord();
      return component
          ? Boolean.valueOf(!member.getRawType().equals(Optional.class))
          : super.hasRequiredMarker(member);
    }
  }

  private static final class InputAsText extends StdSerializer<Input> {
    @Serial private static final long serialVersionUID = 1L;

    InputAsText() {
      super(Input.class);
    }

    @Override
    public void serialize(Input input, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeStartObject();
      out.writeStringField(INPUT, input.text());
      out.writeEndObject();
    }
  }

  private static final class InputFromText extends StdDeserializer<Input> {
    @Serial private static final long serialVersionUID = 1L;

    InputFromText() {
      super(Input.class);
    }

    @Override
    public Input deserialize(JsonParser in, DeserializationContext context) throws IOException {
      if (in.currentToken() == JsonToken.START_OBJECT
          && INPUT.equals(in.nextFieldName())
          && in.nextToken() == JsonToken.VALUE_STRING) {
        Input input = Input.parse(in.getText());
        if (in.nextToken() == JsonToken.END_OBJECT) {
          return input;
        }
      }
      return context.reportInputMismatch(
          Input.class, "an input must be {\"%s\": \"stage@step\"}", INPUT);
    }
  }
}

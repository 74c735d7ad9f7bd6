package dev.temper.workflows;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotationIntrospectorPair;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.Stage;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Fields that this version does not know, written by a newer one while both are at work.
 *
 * <p>A field of a spec can change a result, so that a worker that does not know it must not do the
 * stage: the task fails, says why, and is tried again until a worker knows it. A field of anything
 * around a spec cannot, and is passed over.
 */
final class NewerFields {

  private static final String RECIPES = Recipe.class.getPackageName() + ".";

  /** Records among the recipes' that hold nothing that changes a result. */
  private static final Set<Class<?>> HARMLESS =
      Set.of(Stage.class, Stage.RetrySpec.class, Stage.Timeouts.class);

  private NewerFields() {}

  /** The mapper with this treatment of unknown fields. */
  static ObjectMapper accepted(ObjectMapper mapper) {
    ObjectMapper changed = mapper.copy().addHandler(new Refusal());
    return changed.setAnnotationIntrospector(
        AnnotationIntrospectorPair.pair(
            new Envelopes(), changed.getDeserializationConfig().getAnnotationIntrospector()));
  }

  private static boolean isSpec(Class<?> type) {
    return type.getName().startsWith(RECIPES) && !HARMLESS.contains(type);
  }

  private static final class Envelopes extends NopAnnotationIntrospector {

    @Override
    public JsonIgnoreProperties.Value findPropertyIgnoralByName(
        MapperConfig<?> config, Annotated annotated) {
      return JsonIgnoreProperties.Value.forIgnoreUnknown(!isSpec(annotated.getRawType()));
    }
  }

  private static final class Refusal extends DeserializationProblemHandler {

    @Override
    public boolean handleUnknownProperty(
        DeserializationContext context,
        JsonParser in,
        JsonDeserializer<?> deserializer,
        Object beanOrClass,
        String property)
        throws JsonMappingException {
      Class<?> type = beanOrClass instanceof Class<?> known ? known : beanOrClass.getClass();
      String known =
          deserializer.getKnownPropertyNames().stream()
              .map(String::valueOf)
              .sorted()
              .collect(Collectors.joining(", "));
      return context.reportInputMismatch(
          deserializer,
          "this worker is too old for the recipe: it does not know '%s' of %s, which could change the result, only %s; start a newer worker, it will take over",
          property,
          type.getSimpleName(),
          known);
    }
  }
}

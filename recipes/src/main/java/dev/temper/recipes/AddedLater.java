package dev.temper.recipes;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import java.io.Serial;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Components that a spec record got after keys of it were in use: a key leaves them out while they
 * have the value that behaves as before, so that old artifacts stay valid.
 */
final class AddedLater extends BeanSerializerModifier {
  @Serial private static final long serialVersionUID = 1L;

  /** By record: component name, and its value that behaves as before the component was there. */
  static final Map<Class<?>, Map<String, Object>> REGISTERED =
      Map.of(
          OptimizerSpec.class,
          Map.of(
              "name",
              OptimizerSpec.ADAMW,
              "decayShare",
              OptimizerSpec.DECAY_SHARE,
              "lora",
              Optional.empty()),
          SamplingSpec.class,
          Map.of("topK", 0, "topP", 1.0, "minP", 0.0, "server", Optional.empty()),
          SftSpec.class,
          Map.of("turns", "final"));

  private final transient Map<Class<?>, Map<String, Object>> unchanged;

  AddedLater(Map<Class<?>, Map<String, Object>> unchanged) {
    this.unchanged = unchanged;
  }

  @Override
  public List<BeanPropertyWriter> changeProperties(
      SerializationConfig config, BeanDescription bean, List<BeanPropertyWriter> properties) {
    Map<String, Object> defaults = unchanged.getOrDefault(bean.getBeanClass(), Map.of());
    properties.replaceAll(
        property ->
            defaults.containsKey(property.getName())
                ? new UnlessUnchanged(property, defaults.get(property.getName()))
                : property);
    return properties;
  }

  private static final class UnlessUnchanged extends BeanPropertyWriter {
    @Serial private static final long serialVersionUID = 1L;
    private final transient Object unchanged;

    UnlessUnchanged(BeanPropertyWriter property, Object unchanged) {
      super(property);
      this.unchanged = unchanged;
    }

    @Override
    public void serializeAsField(Object bean, JsonGenerator out, SerializerProvider provider)
        throws Exception {
      if (!unchanged.equals(get(bean))) {
        super.serializeAsField(bean, out, provider);
      }
    }
  }
}

package dev.temper.trainers.registry;

import java.util.Map;

/**
 * The resolved parameters of one method.
 *
 * @param values by name, each in its declared type
 */
public record Parameters(Map<String, Object> values) {

  public Parameters {
    values = Map.copyOf(values);
  }

  public double number(String name) {
    return (Double) value(name);
  }

  public int whole(String name) {
    return (Integer) value(name);
  }

  public String text(String name) {
    return (String) value(name);
  }

  public boolean flag(String name) {
    return (Boolean) value(name);
  }

  private Object value(String name) {
    Object value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("'%s' is not among %s".formatted(name, values.keySet()));
    }
    return value;
  }
}

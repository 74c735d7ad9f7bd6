package dev.temper.trainers.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON as values of a template. */
public final class TemplateValues {

  private TemplateValues() {}

  public static Object of(JsonNode json) {
    if (json.isObject()) {
      Map<Object, Object> map = new LinkedHashMap<>();
      json.properties().forEach(field -> map.put(field.getKey(), of(field.getValue())));
      return map;
    }
    if (json.isArray()) {
      List<Object> list = new ArrayList<>(json.size());
      json.forEach(item -> list.add(of(item)));
      return list;
    }
    if (json.isTextual()) {
      return json.textValue();
    }
    if (json.isBoolean()) {
      return json.booleanValue();
    }
    if (json.isIntegralNumber()) {
      return json.canConvertToLong() ? (Object) json.longValue() : json.bigIntegerValue();
    }
    return json.isNumber() ? (Object) json.doubleValue() : None.NONE;
  }
}

package dev.temper.trainers.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The arguments of a call as they are written. */
record ArgumentList(List<Expression> positional, Map<String, Expression> named) {

  static final ArgumentList NONE = new ArgumentList(List.of(), Map.of());

  Arguments values(Frame frame) {
    if (positional.isEmpty() && named.isEmpty()) {
      return Arguments.NONE;
    }
    List<Object> values = new ArrayList<>(positional.size());
    for (Expression expression : positional) {
      values.add(expression.value(frame));
    }
    Map<String, Object> byName = new LinkedHashMap<>();
    named.forEach((name, expression) -> byName.put(name, expression.value(frame)));
    return new Arguments(values, byName);
  }
}

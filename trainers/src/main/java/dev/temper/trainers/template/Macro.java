package dev.temper.trainers.template;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A piece of template that is called like a function and gives text. */
record Macro(String name, List<Statement.Parameter> parameters, Statement.Block body, Scope scope)
    implements Function {

  @Override
  public Object call(Arguments arguments, Frame frame) {
    return text(arguments, Map.of(), frame);
  }

  /**
   * Renders it.
   *
   * @param given names besides the parameters
   */
  String text(Arguments arguments, Map<String, Object> given, Frame frame) {
    arguments.allow(
        "macro '" + name + "'",
        parameters.stream().map(Statement.Parameter::name).toArray(String[]::new));
    frame.budget().enter();
    Frame inside = frame.in(scope).captured();
    given.forEach(inside.scope()::set);
    for (int i = 0; i < parameters.size(); i++) {
      Statement.Parameter parameter = parameters.get(i);
      Optional<Object> value = arguments.get(i, parameter.name());
      if (value.isEmpty()) {
        value = parameter.otherwise().map(expression -> expression.value(inside));
      }
      inside
          .scope()
          .set(
              parameter.name(),
              value.orElseGet(
                  () -> new Undefined("parameter '" + parameter.name() + "' was not provided")));
    }
    body.render(inside);
    frame.budget().leave();
    return inside.output().text();
  }

  Optional<Object> attribute(String attribute) {
    return attribute.equals("name") ? Optional.of(name) : Optional.empty();
  }
}

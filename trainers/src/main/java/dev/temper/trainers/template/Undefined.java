package dev.temper.trainers.template;

/**
 * What a name or attribute gives that does not exist: empty as text, false, and an error where
 * anything is asked of it.
 *
 * @param reason for that error, for example {@code 'x' is undefined}
 */
record Undefined(String reason) {

  static Undefined name(String name) {
    return new Undefined("'" + name + "' is undefined");
  }

  static Undefined attribute(Object of, Object name) {
    return new Undefined(
        "'" + TypeName.of(of) + " object' has no attribute '" + PythonText.of(name) + "'");
  }

  TemplateException error() {
    return TemplateException.value(reason);
  }
}

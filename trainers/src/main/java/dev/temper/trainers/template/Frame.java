package dev.temper.trainers.template;

/** Where the interpreter stands. */
record Frame(Scope scope, Output output, Budget budget) {

  Frame inner() {
    return new Frame(scope.inner(), output, budget);
  }

  Frame in(Scope other) {
    return new Frame(other, output, budget);
  }

  /** For text that becomes a value. */
  Frame captured() {
    return new Frame(scope.inner(), output.nested(), budget);
  }
}

package dev.temper.trainers.data;

import dev.temper.trainers.registry.Parameter;

/** Parameters that every verifier has. */
final class VerifierParameters {

  static final Parameter WEIGHT = Parameter.number("weight", 1);
  static final Parameter REQUIRE_END = Parameter.flag("requireEnd", true);

  private VerifierParameters() {}
}

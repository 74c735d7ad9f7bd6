package dev.temper.trainers.registry;

import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What a registry knows about one method.
 *
 * @param source paper and equation
 * @param parameters in the order in which they are documented
 * @param rules what must hold between parameters
 * @param factory makes the method from resolved parameters
 */
public record Registration<T>(
    String source, List<Parameter> parameters, List<Rule> rules, Function<Parameters, T> factory) {

  public Registration {
    parameters = List.copyOf(parameters);
    rules = List.copyOf(rules);
  }

  /** A method whose parameters do not restrict each other. */
  public Registration(String source, List<Parameter> parameters, Function<Parameters, T> factory) {
    this(source, parameters, List.of(), factory);
  }

  /**
   * A condition on several parameters.
   *
   * @param holds whether resolved parameters keep it
   * @param message what must be, in a sentence without a full stop
   */
  public record Rule(Predicate<Parameters> holds, String message) {}
}

package dev.temper.trainers.data;

import dev.temper.trainers.registry.Parameter;
import dev.temper.trainers.registry.Parameters;
import dev.temper.trainers.registry.Registration;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * 1 if the answer in the completion is the known one, else 0.
 *
 * <p>Source: verifiable rewards as in Tulu 3 (arXiv:2411.15124, section 6). The answer is what the
 * extraction rule finds ({@link Extraction}); white space around both is ignored. Answers that both
 * are numbers are compared as numbers ("1,000" is 1000.0), others as text. A completion in which
 * nothing is found, and with {@code requireEnd} one that did not end, gets 0.
 */
final class ExactMatch implements Verifier {

  static final String NAME = "exact-match";

  static final Registration<Verifier> REGISTRATION =
      new Registration<>(
          "verifiable rewards, arXiv:2411.15124 section 6",
          List.of(
              VerifierParameters.WEIGHT,
              Parameter.text("fact", "answer", "the name of a fact", fact -> !fact.isBlank()),
              Parameter.choice("extraction", Extraction.WHOLE.text(), Extraction.names()),
              Parameter.text("marker", "####", "text", marker -> !marker.isBlank()),
              Parameter.flag("caseSensitive", true),
              VerifierParameters.REQUIRE_END),
          ExactMatch::new);

  private final double weight;
  private final String fact;
  private final Extraction extraction;
  private final String marker;
  private final boolean caseSensitive;
  private final boolean requireEnd;

  private ExactMatch(Parameters parameters) {
    this.weight = parameters.number("weight");
    this.fact = parameters.text("fact");
    this.extraction = Extraction.named(parameters.text("extraction"));
    this.marker = parameters.text("marker");
    this.caseSensitive = parameters.flag("caseSensitive");
    this.requireEnd = parameters.flag("requireEnd");
  }

  @Override
  public double score(Prompt prompt, String completion, boolean ended) {
    String expected = Facts.required(prompt, fact, "verifier 'exact-match'");
    if (requireEnd && !ended) {
      return 0;
    }
    return extraction.answer(completion, marker).filter(found -> equal(found, expected)).isPresent()
        ? 1
        : 0;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public double weight() {
    return weight;
  }

  private boolean equal(String found, String expected) {
    Optional<BigDecimal> number = Extraction.number(found);
    Optional<BigDecimal> expectedNumber = Extraction.number(expected);
    if (number.isPresent() && expectedNumber.isPresent()) {
      return number.get().compareTo(expectedNumber.get()) == 0;
    }
    return canonical(found).equals(canonical(expected));
  }

  private String canonical(String answer) {
    return caseSensitive ? answer.strip() : answer.strip().toLowerCase(Locale.ROOT);
  }
}

package dev.temper.trainers.data;

import dev.temper.trainers.registry.Parameter;
import dev.temper.trainers.registry.Parameters;
import dev.temper.trainers.registry.Registration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * 1 if the whole completion has the asked form, else 0.
 *
 * <p>Source: format rewards as in DeepSeek-R1 (arXiv:2501.12948, section 2.2.2). The form is a
 * regular expression that must match all of the completion, or {@code sentences-end}: it begins
 * with a letter and ends with a full stop, question or exclamation mark. With {@code requireEnd} a
 * completion that did not end gets 0.
 *
 * <p>A pattern that backtracks without end on some completion counts as not matching it: the number
 * of characters it may read is bounded, so that one sample never stalls a run and the result does
 * not depend on the machine.
 */
final class FormatMatch implements Verifier {

  static final String NAME = "format";
  private static final String SENTENCES_END = "sentences-end";
  private static final int READS_AT_MOST = 1_000_000;

  static final Registration<Verifier> REGISTRATION =
      new Registration<>(
          "format rewards, arXiv:2501.12948 section 2.2.2",
          List.of(
              VerifierParameters.WEIGHT,
              Parameter.text(
                  "pattern",
                  SENTENCES_END,
                  "'" + SENTENCES_END + "' or a regular expression",
                  FormatMatch::compiles),
              VerifierParameters.REQUIRE_END),
          FormatMatch::new);

  private static final Pattern SENTENCES = Pattern.compile("(?s)\\p{L}.*[.!?]");

  private final double weight;
  private final Pattern pattern;
  private final boolean requireEnd;

  private FormatMatch(Parameters parameters) {
    this.weight = parameters.number("weight");
    this.pattern = compile(parameters.text("pattern"));
    this.requireEnd = parameters.flag("requireEnd");
  }

  private static Pattern compile(String pattern) {
    return pattern.equals(SENTENCES_END) ? SENTENCES : Pattern.compile(pattern);
  }

  private static boolean compiles(String pattern) {
    try {
      return !compile(pattern).pattern().isEmpty();
    } catch (PatternSyntaxException e) {
      return false;
    }
  }

  @Override
  public double score(Prompt prompt, String completion, boolean ended) {
    return (ended || !requireEnd) && matches(completion.strip()) ? 1 : 0;
  }

  private boolean matches(String completion) {
    try {
      return pattern.matcher(new Bounded(completion, new int[] {READS_AT_MOST})).matches();
    } catch (TooManyReads | StackOverflowError e) {
      return false;
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public double weight() {
    return weight;
  }

  /** Text that may be read a limited number of times. */
  private record Bounded(CharSequence text, int[] readsLeft) implements CharSequence {
    @Override
    public char charAt(int index) {
      if (readsLeft[0]-- == 0) {
        throw new TooManyReads();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Bounded(text.subSequence(start, end), readsLeft);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }

  private static final class TooManyReads extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooManyReads() {
      super("too many reads", null, false, false);
    }
  }
}

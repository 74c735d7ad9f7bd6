package dev.temper.trainers.template;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/**
 * A chat template, read once and rendered often. Renders what transformers renders (with {@code
 * trim_blocks}, {@code lstrip_blocks}, loop controls, {@code {% generation %}} and its own {@code
 * tojson}), or fails; it never guesses. Immutable.
 */
public final class Template {

  private static final int LONGEST = 1 << 20;
  private static final long STEPS = 5_000_000;

  private final Statement.Block statements;
  private final boolean marksGeneration;

  private Template(Statement.Block statements, boolean marksGeneration) {
    this.statements = statements;
    this.marksGeneration = marksGeneration;
  }

  /**
   * Reads a template.
   *
   * @throws TemplateException naming the line and what was expected there
   */
  public static Template of(String source) {
    if (source.length() > LONGEST) {
      throw TemplateException.limit(
          "a template has at most %d characters, got %d".formatted(LONGEST, source.length()));
    }
    try {
      TemplateParser parser = new TemplateParser(new Tokens(Lexer.tokens(source)));
      Statement.Block statements = parser.template();
      return new Template(statements, parser.marksGeneration());
    } catch (StackOverflowError e) {
      throw tooDeep();
    }
  }

  /** Whether it says itself, by {@code {% generation %}}, what the assistant says. */
  public boolean marksGeneration() {
    return marksGeneration;
  }

  /**
   * Renders it.
   *
   * @param variables by name, as {@link TemplateValues} makes them
   * @param clock of {@code strftime_now}
   * @throws TemplateException naming the line
   */
  public Rendering render(Map<String, Object> variables, Clock clock) {
    Budget budget = new Budget(STEPS, Budget.LONGEST);
    Output output = Output.root(budget);
    Map<String, Object> names = new HashMap<>(Globals.at(clock));
    names.putAll(variables);
    try {
      statements.render(new Frame(Scope.of(names), output, budget));
    } catch (StackOverflowError e) {
      throw tooDeep();
    }
    return new Rendering(output.text(), output.generated());
  }

  private static TemplateException tooDeep() {
    return TemplateException.limit("the template is nested too deep");
  }
}

package dev.temper.trainers.template;

/** A template that cannot be read or rendered; the message names the line. */
public final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What was wrong. */
  public enum Kind {
    /** Not the part of Jinja that chat templates use. */
    SYNTAX,
    /** An operation on a value that has none such. */
    VALUE,
    /** More steps, text or nesting than a chat template may take. */
    LIMIT,
    /** The template itself refused, by {@code raise_exception}. */
    RAISED
  }

  private final Kind kind;
  private final int line;

  private TemplateException(Kind kind, int line, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.line = line;
  }

  static TemplateException syntax(int line, String message) {
    return new TemplateException(Kind.SYNTAX, line, "line " + line + ": " + message, null);
  }

  static TemplateException value(String message) {
    return new TemplateException(Kind.VALUE, 0, message, null);
  }

  static TemplateException limit(String message) {
    return new TemplateException(Kind.LIMIT, 0, message, null);
  }

  static TemplateException raised(String message) {
    return new TemplateException(Kind.RAISED, 0, message, null);
  }

  /** The same with the line of a statement; what is known already stays. */
  TemplateException at(int statement) {
    return line > 0
        ? this
        : new TemplateException(
            kind, statement, "line " + statement + ": " + getMessage(), getCause());
  }

  public Kind kind() {
    return kind;
  }

  /** Line of the template, from 1; 0 where none can be named. */
  public int line() {
    return line;
  }
}

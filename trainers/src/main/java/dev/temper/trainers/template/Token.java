package dev.temper.trainers.template;

/**
 * A piece of a template.
 *
 * @param text of a name, an operator or data; of a string, what it stands for
 * @param line from 1
 */
record Token(Type type, String text, int line) {

  enum Type {
    DATA,
    BLOCK_BEGIN,
    BLOCK_END,
    VARIABLE_BEGIN,
    VARIABLE_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  boolean operator(String expected) {
    return type == Type.OPERATOR && text.equals(expected);
  }

  boolean name(String expected) {
    return type == Type.NAME && text.equals(expected);
  }

  /** For messages. */
  String shown() {
    return switch (type) {
      case END -> "the end of the template";
      case BLOCK_END -> "'%}'";
      case VARIABLE_END -> "'}}'";
      default -> "'" + text + "'";
    };
  }
}

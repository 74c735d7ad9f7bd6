package dev.temper.trainers.template;

import java.util.List;

/** The tokens of a template, read one after the other. */
final class Tokens {

  private final List<Token> tokens;
  private int position;

  Tokens(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(position);
  }

  Token ahead() {
    return tokens.get(Math.min(position + 1, tokens.size() - 1));
  }

  Token next() {
    Token token = current();
    if (token.type() != Token.Type.END) {
      position++;
    }
    return token;
  }

  boolean at(Token.Type type) {
    return current().type() == type;
  }

  boolean atOperator(String... operators) {
    return at(Token.Type.OPERATOR) && List.of(operators).contains(current().text());
  }

  boolean atTupleEnd() {
    return at(Token.Type.VARIABLE_END)
        || at(Token.Type.BLOCK_END)
        || at(Token.Type.END)
        || atOperator(")", "=")
        || current().name("in")
        || current().name("recursive");
  }

  /** Whether what follows a test without brackets is its argument. */
  boolean atTestArgument() {
    Token token = current();
    return switch (token.type()) {
      case STRING, INTEGER, FLOAT -> true;
      case NAME ->
          !token.name("else") && !token.name("or") && !token.name("and") && !token.name("is");
      case OPERATOR -> atOperator("[", "{");
      default -> false;
    };
  }

  boolean skip(String operator) {
    boolean there = current().operator(operator);
    if (there) {
      position++;
    }
    return there;
  }

  boolean skipName(String name) {
    boolean there = current().name(name);
    if (there) {
      position++;
    }
    return there;
  }

  void expect(String operator) {
    if (!skip(operator)) {
      throw unexpected("'" + operator + "'");
    }
  }

  Token expect(Token.Type type, String what) {
    Token token = next();
    if (token.type() != type) {
      throw unexpected(token, what);
    }
    return token;
  }

  String name() {
    return expect(Token.Type.NAME, "a name").text();
  }

  TemplateException unexpected(String expected) {
    return unexpected(current(), expected);
  }

  TemplateException unexpected(Token token, String expected) {
    return TemplateException.syntax(
        token.line(), "expected " + expected + ", got " + token.shown());
  }
}

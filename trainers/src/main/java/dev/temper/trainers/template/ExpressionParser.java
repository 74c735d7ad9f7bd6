package dev.temper.trainers.template;

import dev.temper.trainers.template.Expression.Constant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads expressions, with Jinja's precedence. */
final class ExpressionParser {

  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
  private static final Set<String> RESERVED =
      Set.of("and", "or", "not", "if", "else", "elif", "in", "is");
  private static final Map<String, Object> CONSTANTS =
      Map.of(
          "true", true, "True", true, "false", false, "False", false, "none", None.NONE, "None",
          None.NONE);

  private final Tokens tokens;

  ExpressionParser(Tokens tokens) {
    this.tokens = tokens;
  }

  /** One expression, or several with commas between them as a tuple. */
  Expression tupleOrOne(boolean withConditional) {
    List<Expression> items = new ArrayList<>();
    boolean comma = false;
    while (!tokens.atTupleEnd()) {
      items.add(withConditional ? expression() : or());
      if (!tokens.skip(",")) {
        comma |= items.size() > 1;
        break;
      }
      comma = true;
    }
    if (items.isEmpty()) {
      throw tokens.unexpected("an expression");
    }
    return comma ? new Expression.TupleOf(items) : items.get(0);
  }

  Expression expression() {
    Expression value = or();
    while (tokens.skipName("if")) {
      Expression condition = or();
      Optional<Expression> otherwise =
          tokens.skipName("else") ? Optional.of(expression()) : Optional.empty();
      value = new Expression.Conditional(condition, value, otherwise);
    }
    return value;
  }

  private Expression or() {
    Expression left = and();
    while (tokens.skipName("or")) {
      left = new Expression.Or(left, and());
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (tokens.skipName("and")) {
      left = new Expression.And(left, not());
    }
    return left;
  }

  private Expression not() {
    return tokens.skipName("not") ? new Expression.Not(not()) : comparison();
  }

  private Expression comparison() {
    Expression first = sum();
    List<Operand> operands = new ArrayList<>();
    while (true) {
      if (tokens.at(Token.Type.OPERATOR) && COMPARISONS.contains(tokens.current().text())) {
        operands.add(new Operand(tokens.next().text(), sum()));
      } else if (tokens.skipName("in")) {
        operands.add(new Operand("in", sum()));
      } else if (tokens.current().name("not") && tokens.ahead().name("in")) {
        tokens.next();
        tokens.next();
        operands.add(new Operand("not in", sum()));
      } else {
        return operands.isEmpty() ? first : new Expression.Comparison(first, operands);
      }
    }
  }

  private Expression sum() {
    Expression left = concatenation();
    while (tokens.atOperator("+", "-")) {
      left = new Expression.Binary(tokens.next().text(), left, concatenation());
    }
    return left;
  }

  private Expression concatenation() {
    Expression first = product();
    if (!tokens.atOperator("~")) {
      return first;
    }
    List<Expression> parts = new ArrayList<>(List.of(first));
    while (tokens.skip("~")) {
      parts.add(product());
    }
    return new Expression.Concatenation(parts);
  }

  private Expression product() {
    Expression left = power();
    while (tokens.atOperator("*", "/", "//", "%")) {
      left = new Expression.Binary(tokens.next().text(), left, power());
    }
    return left;
  }

  private Expression power() {
    Expression left = unary(true);
    while (tokens.atOperator("**")) {
      left = new Expression.Binary(tokens.next().text(), left, unary(true));
    }
    return left;
  }

  private Expression unary(boolean withFilters) {
    Expression value =
        tokens.atOperator("-", "+")
            ? new Expression.Unary(tokens.next().text(), unary(false))
            : primary();
    value = postfix(value);
    return withFilters ? filtersAndTests(value) : value;
  }

  private Expression primary() {
    Token token = tokens.next();
    return switch (token.type()) {
      case NAME -> name(token);
      case STRING -> new Constant(strings(token));
      case INTEGER -> new Constant(integer(token));
      case FLOAT -> new Constant(Double.valueOf(token.text().replace("_", "")));
      case OPERATOR -> bracket(token);
      default -> throw tokens.unexpected(token, "an expression");
    };
  }

  private Expression name(Token token) {
    if (RESERVED.contains(token.text())) {
      throw tokens.unexpected(token, "an expression");
    }
    Object constant = CONSTANTS.get(token.text());
    return constant != null ? new Constant(constant) : new Expression.Name(token.text());
  }

  /** Texts in quotes that follow each other are one. */
  private String strings(Token first) {
    StringBuilder text = new StringBuilder(first.text());
    while (tokens.at(Token.Type.STRING)) {
      text.append(tokens.next().text());
    }
    return text.toString();
  }

  private static Long integer(Token token) {
    String digits = token.text().replace("_", "").toLowerCase(java.util.Locale.ROOT);
    try {
      if (digits.startsWith("0x")) {
        return Long.valueOf(digits.substring(2), 16);
      }
      if (digits.startsWith("0o")) {
        return Long.valueOf(digits.substring(2), 8);
      }
      return digits.startsWith("0b") ? Long.valueOf(digits.substring(2), 2) : Long.valueOf(digits);
    } catch (NumberFormatException e) {
      throw TemplateException.syntax(
          token.line(), "'" + digits + "' is no whole number of 64 bits");
    }
  }

  private Expression bracket(Token token) {
    switch (token.text()) {
      case "(" -> {
        if (tokens.skip(")")) {
          return new Expression.TupleOf(List.of());
        }
        Expression inside = tupleOrOne(true);
        tokens.expect(")");
        return inside;
      }
      case "[" -> {
        return new Expression.ListOf(listed("]"));
      }
      case "{" -> {
        return dict();
      }
      default -> throw tokens.unexpected(token, "an expression");
    }
  }

  private List<Expression> listed(String end) {
    List<Expression> items = new ArrayList<>();
    while (!tokens.skip(end)) {
      if (!items.isEmpty()) {
        tokens.expect(",");
        if (tokens.skip(end)) {
          break;
        }
      }
      items.add(expression());
    }
    return items;
  }

  private Expression dict() {
    List<Expression> keys = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (!tokens.skip("}")) {
      if (!keys.isEmpty()) {
        tokens.expect(",");
        if (tokens.skip("}")) {
          break;
        }
      }
      keys.add(expression());
      tokens.expect(":");
      values.add(expression());
    }
    return new Expression.DictOf(keys, values);
  }

  private Expression postfix(Expression start) {
    Expression value = start;
    while (true) {
      if (tokens.skip(".")) {
        value = attribute(value);
      } else if (tokens.skip("[")) {
        value = subscript(value);
      } else if (tokens.atOperator("(")) {
        value = new Expression.Call(value, arguments());
      } else {
        return value;
      }
    }
  }

  private Expression attribute(Expression target) {
    Token token = tokens.next();
    if (token.type() == Token.Type.NAME) {
      return new Expression.Attribute(target, token.text());
    }
    if (token.type() == Token.Type.INTEGER) {
      return new Expression.Subscript(target, new Constant(integer(token)));
    }
    throw tokens.unexpected(token, "a name after '.'");
  }

  private Expression subscript(Expression target) {
    Optional<Expression> start =
        tokens.atOperator(":") ? Optional.empty() : Optional.of(expression());
    if (tokens.skip("]")) {
      return new Expression.Subscript(target, start.orElseThrow());
    }
    tokens.expect(":");
    Optional<Expression> stop = bound();
    Optional<Expression> step = tokens.skip(":") ? bound() : Optional.empty();
    tokens.expect("]");
    return new Expression.Slice(target, start, stop, step);
  }

  private Optional<Expression> bound() {
    return tokens.atOperator(":", "]") ? Optional.empty() : Optional.of(expression());
  }

  ArgumentList arguments() {
    tokens.expect("(");
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    while (!tokens.skip(")")) {
      if (!positional.isEmpty() || !named.isEmpty()) {
        tokens.expect(",");
        if (tokens.skip(")")) {
          break;
        }
      }
      if (tokens.at(Token.Type.NAME) && tokens.ahead().operator("=")) {
        String name = tokens.next().text();
        tokens.next();
        named.put(name, expression());
      } else if (named.isEmpty()) {
        positional.add(expression());
      } else {
        throw tokens.unexpected("a named argument");
      }
    }
    return new ArgumentList(positional, named);
  }

  private Expression filtersAndTests(Expression start) {
    Expression value = start;
    while (true) {
      if (tokens.skip("|")) {
        value = filter(value);
      } else if (tokens.skipName("is")) {
        value = test(value);
      } else if (tokens.atOperator("(")) {
        value = new Expression.Call(value, arguments());
      } else {
        return value;
      }
    }
  }

  /** A filter, its {@code |} read already. */
  Expression.Filtered filter(Expression target) {
    String name = tokens.name();
    return new Expression.Filtered(
        target, name, tokens.atOperator("(") ? arguments() : ArgumentList.NONE);
  }

  private Expression test(Expression target) {
    boolean negated = tokens.skipName("not");
    String name = tokens.name();
    ArgumentList arguments = ArgumentList.NONE;
    if (tokens.atOperator("(")) {
      arguments = arguments();
    } else if (tokens.current().name("is")) {
      throw tokens.unexpected("no second test");
    } else if (tokens.atTestArgument()) {
      arguments = new ArgumentList(List.of(postfix(primary())), Map.of());
    }
    return new Expression.Test(target, name, arguments, negated);
  }
}

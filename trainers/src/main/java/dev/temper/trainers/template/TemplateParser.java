package dev.temper.trainers.template;

import dev.temper.trainers.template.Statement.Block;
import dev.temper.trainers.template.Statement.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads statements. */
final class TemplateParser {

  private static final String KNOWN =
      "set, if, for, macro, call, filter, with, break, continue, generation and raw";

  private final Tokens tokens;
  private final ExpressionParser expressions;
  private boolean generation;

  TemplateParser(Tokens tokens) {
    this.tokens = tokens;
    this.expressions = new ExpressionParser(tokens);
  }

  Block template() {
    Block block = block(Set.of());
    if (!tokens.at(Token.Type.END)) {
      throw tokens.unexpected("the end of the template");
    }
    return block;
  }

  /** Whether the template says itself what the assistant says. */
  boolean marksGeneration() {
    return generation;
  }

  /** Statements up to a tag with one of these names; stands behind that name afterwards. */
  private Block block(Set<String> ends) {
    List<Statement> statements = new ArrayList<>();
    while (!tokens.at(Token.Type.END)) {
      Token token = tokens.next();
      switch (token.type()) {
        case DATA ->
            statements.add(new Statement.Numbered(new Statement.Data(token.text()), token.line()));
        case VARIABLE_BEGIN -> {
          Statement print = new Statement.Print(expressions.tupleOrOne(true));
          tokens.expect(Token.Type.VARIABLE_END, "'}}'");
          statements.add(new Statement.Numbered(print, token.line()));
        }
        case BLOCK_BEGIN -> {
          if (tokens.at(Token.Type.NAME) && ends.contains(tokens.current().text())) {
            return new Block(statements);
          }
          statements.add(new Statement.Numbered(statement(), token.line()));
        }
        default -> throw tokens.unexpected(token, "text or a tag");
      }
    }
    if (!ends.isEmpty()) {
      throw tokens.unexpected("'{% " + String.join("' or '", ends) + " %}'");
    }
    return new Block(statements);
  }

  private void endTag() {
    tokens.expect(Token.Type.BLOCK_END, "'%}'");
  }

  /** A block to its end tag. */
  private Block body(String end) {
    endTag();
    Block body = block(Set.of(end));
    tokens.next();
    endTag();
    return body;
  }

  private Statement statement() {
    Token name = tokens.expect(Token.Type.NAME, "the name of a statement");
    return switch (name.text()) {
      case "set" -> set();
      case "if" -> branches();
      case "for" -> loop();
      case "macro" -> macro();
      case "call" -> call();
      case "filter" -> filter();
      case "with" -> with();
      case "break" -> jump(Statement.Flow.BREAK);
      case "continue" -> jump(Statement.Flow.CONTINUE);
      case "generation" -> {
        generation = true;
        yield new Statement.Generation(body("endgeneration"));
      }
      case "print" -> {
        Statement print = new Statement.Print(expressions.tupleOrOne(true));
        endTag();
        yield print;
      }
      default ->
          throw TemplateException.syntax(
              name.line(),
              "'%s' is no statement that chat templates have; there are %s"
                  .formatted(name.text(), KNOWN));
    };
  }

  private Statement jump(Statement.Flow flow) {
    endTag();
    return new Statement.Jump(flow);
  }

  private Statement set() {
    Target target = target();
    if (tokens.skip("=")) {
      Expression value = expressions.tupleOrOne(true);
      endTag();
      return new Statement.Set(target, value);
    }
    List<Expression.Filtered> filters = filters();
    return new Statement.SetBlock(target, body("endset"), filters);
  }

  private List<Expression.Filtered> filters() {
    List<Expression.Filtered> filters = new ArrayList<>();
    while (tokens.skip("|")) {
      filters.add(expressions.filter(new Expression.Constant("")));
    }
    return filters;
  }

  private Target target() {
    List<Target> targets = new ArrayList<>();
    boolean bracket = tokens.skip("(");
    do {
      if (tokens.atTupleEnd()) {
        break;
      }
      targets.add(oneTarget());
    } while (tokens.skip(","));
    if (bracket) {
      tokens.expect(")");
    }
    if (targets.isEmpty()) {
      throw tokens.unexpected("a name to assign to");
    }
    return targets.size() == 1 ? targets.get(0) : new Target.Several(targets);
  }

  private Target oneTarget() {
    if (tokens.atOperator("(")) {
      return target();
    }
    String name = tokens.name();
    return tokens.skip(".") ? new Target.NamespaceName(name, tokens.name()) : new Target.Name(name);
  }

  private Statement branches() {
    List<Statement.Branch> branches = new ArrayList<>();
    while (true) {
      Expression condition = expressions.tupleOrOne(true);
      endTag();
      branches.add(new Statement.Branch(condition, block(Set.of("elif", "else", "endif"))));
      String end = tokens.name();
      if (end.equals("elif")) {
        continue;
      }
      Block otherwise = end.equals("else") ? body("endif") : new Block(List.of());
      if (end.equals("endif")) {
        endTag();
      }
      return new Statement.If(branches, otherwise);
    }
  }

  private Statement loop() {
    Target target = target();
    if (!tokens.skipName("in")) {
      throw tokens.unexpected("'in'");
    }
    Expression items = expressions.tupleOrOne(false);
    Optional<Expression> condition =
        tokens.skipName("if") ? Optional.of(expressions.expression()) : Optional.empty();
    boolean recursive = tokens.skipName("recursive");
    endTag();
    Block body = block(Set.of("else", "endfor"));
    Block otherwise = new Block(List.of());
    if (tokens.name().equals("else")) {
      otherwise = body("endfor");
    } else {
      endTag();
    }
    return new Statement.For(target, items, condition, recursive, body, otherwise);
  }

  private Statement macro() {
    String name = tokens.name();
    List<Parameter> parameters = parameters();
    return new Statement.MacroDefinition(name, parameters, body("endmacro"));
  }

  private List<Parameter> parameters() {
    List<Parameter> parameters = new ArrayList<>();
    tokens.expect("(");
    while (!tokens.skip(")")) {
      if (!parameters.isEmpty()) {
        tokens.expect(",");
      }
      String name = tokens.name();
      parameters.add(
          new Parameter(
              name, tokens.skip("=") ? Optional.of(expressions.expression()) : Optional.empty()));
    }
    return parameters;
  }

  private Statement call() {
    List<Parameter> parameters = tokens.atOperator("(") ? parameters() : List.of();
    Token start = tokens.current();
    if (!(expressions.expression() instanceof Expression.Call call)) {
      throw tokens.unexpected(start, "a call of a macro");
    }
    return new Statement.CallBlock(parameters, call, body("endcall"));
  }

  private Statement filter() {
    List<Expression.Filtered> filters = new ArrayList<>();
    filters.add(expressions.filter(new Expression.Constant("")));
    filters.addAll(filters());
    return new Statement.FilterBlock(filters, body("endfilter"));
  }

  private Statement with() {
    List<Target> targets = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (!tokens.at(Token.Type.BLOCK_END)) {
      if (!targets.isEmpty()) {
        tokens.expect(",");
      }
      targets.add(oneTarget());
      tokens.expect("=");
      values.add(expressions.expression());
    }
    return new Statement.With(targets, values, body("endwith"));
  }
}

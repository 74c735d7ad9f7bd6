package dev.temper.trainers.template;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into tokens, as Jinja does with {@code trim_blocks} and {@code lstrip_blocks}:
 * the line break after a block or comment is left out, and so is white space before one that starts
 * its line. A {@code -} strips all white space on its side, a {@code +} keeps it.
 */
final class Lexer {

  private static final Pattern FLOAT =
      Pattern.compile("(?:\\d+_)*+\\d+(?:(?:\\.(?:\\d+_)*+\\d+)?[eE][+-]?\\d+|\\.(?:\\d+_)*+\\d+)");
  private static final Pattern INTEGER =
      Pattern.compile("0[bB][01_]++|0[oO][0-7_]++|0[xX][\\da-fA-F_]++|0(?:_?0)*+|[1-9](?:_?\\d)*+");
  private static final Pattern NAME = Pattern.compile("\\w++", Pattern.UNICODE_CHARACTER_CLASS);
  private static final List<String> OPERATORS =
      List.of(
          "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{",
          "}", ">", "<", "=", ".", ":", "|", ",", ";");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int position;
  private int line = 1;
  private int counted;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Token> tokens(String template) {
    String lines = template.replace("\r\n", "\n").replace('\r', '\n');
    Lexer lexer = new Lexer(lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (position < source.length()) {
      int tag = nextTag();
      if (tag < 0) {
        data(source.substring(position));
        position = source.length();
      } else {
        tag(tag);
      }
    }
    add(Token.Type.END, "");
  }

  private int nextTag() {
    for (int i = source.indexOf('{', position); i >= 0; i = source.indexOf('{', i + 1)) {
      if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private void tag(int at) {
    char kind = source.charAt(at + 1);
    char sign = at + 2 < source.length() ? source.charAt(at + 2) : ' ';
    boolean signed = sign == '-' || sign == '+';
    data(before(source.substring(position, at), kind == '{', sign));
    position = at + (signed ? 3 : 2);
    if (kind == '#') {
      comment();
    } else if (kind == '{') {
      add(Token.Type.VARIABLE_BEGIN, "{{");
      expression(Token.Type.VARIABLE_END, "}}");
    } else if (raw()) {
      rawText();
    } else {
      add(Token.Type.BLOCK_BEGIN, "{%");
      expression(Token.Type.BLOCK_END, "%}");
    }
  }

  /** Text before a tag without what the tag strips. */
  private String before(String text, boolean variable, char sign) {
    if (sign == '-') {
      return Whitespace.stripEnd(text);
    }
    int start = text.lastIndexOf('\n') + 1;
    boolean startsLine = start > 0 || position == 0 || source.charAt(position - 1) == '\n';
    boolean stripped =
        !variable && sign != '+' && startsLine && Whitespace.only(text.substring(start));
    return stripped ? text.substring(0, start) : text;
  }

  private void data(String text) {
    if (!text.isEmpty()) {
      add(Token.Type.DATA, text);
    }
  }

  private void comment() {
    int end = source.indexOf("#}", position);
    if (end < 0) {
      throw TemplateException.syntax(line(), "a comment has no end '#}'");
    }
    char sign = end > position ? source.charAt(end - 1) : ' ';
    position = end + 2;
    afterTag(sign);
  }

  private void afterTag(char sign) {
    if (sign == '-') {
      skipWhitespace();
    } else if (sign != '+' && position < source.length() && source.charAt(position) == '\n') {
      position++;
    }
  }

  private void skipWhitespace() {
    while (position < source.length() && Whitespace.is(source.charAt(position))) {
      position++;
    }
  }

  /** Moves behind {@code raw %}} where that is what comes. */
  private boolean raw() {
    Matcher begin = matcher("\\s*raw\\s*(-?)%\\}");
    if (!begin.lookingAt()) {
      return false;
    }
    position = begin.end();
    if (begin.group(1).equals("-")) {
      skipWhitespace();
    }
    return true;
  }

  private void rawText() {
    Matcher end = matcher("\\{%([-+]?)\\s*endraw\\s*([-+]?)%\\}");
    if (!end.find()) {
      throw TemplateException.syntax(line(), "a raw block has no end '{% endraw %}'");
    }
    char sign = end.group(1).isEmpty() ? ' ' : end.group(1).charAt(0);
    data(before(source.substring(position, end.start()), false, sign));
    position = end.end();
    afterTag(end.group(2).isEmpty() ? ' ' : end.group(2).charAt(0));
  }

  private Matcher matcher(String regex) {
    return Pattern.compile(regex).matcher(source).region(position, source.length());
  }

  /** Everything up to the end of a tag; the end does not count inside brackets. */
  private void expression(Token.Type endType, String end) {
    Deque<String> open = new ArrayDeque<>();
    while (true) {
      skipWhitespace();
      if (position >= source.length()) {
        throw TemplateException.syntax(line(), "a tag has no end '" + end + "'");
      }
      char sign = source.charAt(position);
      boolean signed = sign == '-' || (sign == '+' && endType == Token.Type.BLOCK_END);
      if (open.isEmpty() && source.startsWith(end, position + (signed ? 1 : 0))) {
        add(endType, end);
        position += signed ? 3 : 2;
        if (endType == Token.Type.BLOCK_END || sign == '-') {
          afterTag(sign);
        }
        return;
      }
      next(open);
    }
  }

  private void next(Deque<String> open) {
    char c = source.charAt(position);
    boolean afterDot = position > 0 && source.charAt(position - 1) == '.';
    if (c == '\'' || c == '"') {
      string(c);
    } else if (!(digit(c) && !afterDot && take(FLOAT, Token.Type.FLOAT))
        && !(digit(c) && take(INTEGER, Token.Type.INTEGER))
        && !take(NAME, Token.Type.NAME)) {
      operator(open);
    }
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  private boolean take(Pattern pattern, Token.Type type) {
    Matcher matcher = pattern.matcher(source).region(position, source.length());
    if (!matcher.lookingAt()) {
      return false;
    }
    add(type, matcher.group());
    position = matcher.end();
    return true;
  }

  private void operator(Deque<String> open) {
    String operator =
        OPERATORS.stream()
            .filter(candidate -> source.startsWith(candidate, position))
            .findFirst()
            .orElseThrow(
                () ->
                    TemplateException.syntax(
                        line(),
                        "'"
                            + Character.toString(source.codePointAt(position))
                            + "' has no meaning in a tag"));
    switch (operator) {
      case "{" -> open.push("}");
      case "(" -> open.push(")");
      case "[" -> open.push("]");
      case "}", ")", "]" -> {
        if (open.isEmpty() || !open.pop().equals(operator)) {
          throw TemplateException.syntax(line(), "'" + operator + "' closes nothing");
        }
      }
      default -> {}
    }
    add(Token.Type.OPERATOR, operator);
    position += operator.length();
  }

  private void string(char quote) {
    int end = position + 1;
    while (end < source.length() && source.charAt(end) != quote) {
      end += source.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= source.length()) {
      throw TemplateException.syntax(line(), "a text in quotes has no end");
    }
    add(Token.Type.STRING, Escapes.resolve(source.substring(position + 1, end), line()));
    position = end + 1;
  }

  private void add(Token.Type type, String text) {
    tokens.add(new Token(type, text, line()));
  }

  private int line() {
    int to = Math.min(position, source.length());
    for (; counted < to; counted++) {
      if (source.charAt(counted) == '\n') {
        line++;
      }
    }
    return line;
  }
}

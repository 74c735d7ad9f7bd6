package dev.temper.trainers.data;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where in a completion the answer is. */
enum Extraction {
  /** All of it. */
  WHOLE {
    @Override
    Optional<String> find(String completion, String marker) {
      return Optional.of(completion);
    }
  },
  /** The last line that is not blank. */
  LAST_LINE {
    @Override
    Optional<String> find(String completion, String marker) {
      List<String> lines = completion.lines().filter(line -> !line.isBlank()).toList();
      return lines.isEmpty() ? Optional.empty() : Optional.of(lines.get(lines.size() - 1));
    }
  },
  /** The last number, with or without thousands separators. */
  LAST_NUMBER {
    @Override
    Optional<String> find(String completion, String marker) {
      Matcher numbers = NUMBER.matcher(completion);
      Optional<String> last = Optional.empty();
      while (numbers.find()) {
        last = Optional.of(numbers.group());
      }
      return last;
    }
  },
  /** The inside of the last {@code \boxed{...}}, braces balanced. */
  BOXED {
    @Override
    Optional<String> find(String completion, String marker) {
      int start = completion.lastIndexOf(BOX);
      if (start < 0) {
        return Optional.empty();
      }
      int depth = 1;
      for (int i = start + BOX.length(); i < completion.length(); i++) {
        char c = completion.charAt(i);
        depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        if (depth == 0) {
          return Optional.of(completion.substring(start + BOX.length(), i));
        }
      }
      return Optional.empty();
    }
  },
  /** What stands behind the last marker, up to the end of the line. */
  AFTER_MARKER {
    @Override
    Optional<String> find(String completion, String marker) {
      int start = completion.lastIndexOf(marker);
      return start < 0
          ? Optional.empty()
          : completion.substring(start + marker.length()).strip().lines().findFirst();
    }
  };

  private static final String BOX = "\\boxed{";
  private static final Pattern NUMBER =
      Pattern.compile("(?:(?<!\\w)-)?(?:\\d{1,3}(?:,\\d{3})++(?!\\d)|\\d++)(?:\\.\\d++)?");
  private static final Pattern WHOLE_NUMBER =
      Pattern.compile("\\$?(-?)\\$?(\\d{1,3}(?:,\\d{3})++|\\d{1,100}+)(\\.\\d{1,100}+)?\\.?");

  abstract Optional<String> find(String completion, String marker);

  /** The answer without white space around it; empty if there is none. */
  Optional<String> answer(String completion, String marker) {
    return find(completion, marker).map(String::strip).filter(found -> !found.isEmpty());
  }

  /** A text that is nothing but a number: sign, digits, separators, a currency sign. */
  static Optional<BigDecimal> number(String text) {
    Matcher number = WHOLE_NUMBER.matcher(text.strip());
    if (!number.matches()) {
      return Optional.empty();
    }
    String fraction = number.group(3) == null ? "" : number.group(3);
    return Optional.of(
        new BigDecimal(number.group(1) + number.group(2).replace(",", "") + fraction));
  }

  /** As recipes write it, for example {@code last-number}. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static List<String> names() {
    return Arrays.stream(values()).map(Extraction::text).toList();
  }

  /** The rule with one of the {@link #names}. */
  static Extraction named(String name) {
    return Arrays.stream(values())
        .filter(extraction -> extraction.text().equals(name))
        .findFirst()
        .orElseThrow();
  }
}

package dev.temper.trainers.template;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;

/** The filter {@code round}. */
final class Rounding {

  private static final int DIGITS = 300;
  private static final Map<String, RoundingMode> MODES =
      Map.of(
          "common", RoundingMode.HALF_EVEN,
          "ceil", RoundingMode.CEILING,
          "floor", RoundingMode.FLOOR);

  private Rounding() {}

  static double of(double value, int digits, String method) {
    RoundingMode mode = MODES.get(method);
    if (mode == null || Math.abs(digits) > DIGITS) {
      throw TemplateException.value(
          "round takes the methods common, ceil and floor and up to %d digits, got '%s' and %d"
              .formatted(DIGITS, method, digits));
    }
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return value;
    }
    return new BigDecimal(value).setScale(digits, mode).doubleValue();
  }
}

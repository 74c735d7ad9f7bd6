package dev.temper.recipes.yaml;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What a scalar means where a certain type is asked for.
 *
 * <p>The type decides, not the look: {@code 1e-3} is a number where a number is asked for (YAML 1.1
 * calls it a string), {@code 012} and {@code 1:30} never are, and quotes make a text of anything.
 */
final class Scalars {

  private static final Pattern INTEGER = Pattern.compile("[-+]?(0|[1-9][0-9_]*)");
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?(\\d[\\d_]*)?(\\.?\\d|\\d\\.?)\\d*([eE][-+]?\\d{1,4})?");

  private static final Map<Class<?>, ScalarType> TYPES =
      Map.of(
          int.class, new ScalarType("an integer", s -> whole(s).flatMap(Scalars::asInt)),
          Integer.class, new ScalarType("an integer", s -> whole(s).flatMap(Scalars::asInt)),
          long.class, new ScalarType("an integer", s -> whole(s).flatMap(Scalars::asLong)),
          Long.class, new ScalarType("an integer", s -> whole(s).flatMap(Scalars::asLong)),
          double.class, new ScalarType("a number", Scalars::decimal),
          Double.class, new ScalarType("a number", Scalars::decimal),
          boolean.class, new ScalarType("true or false", Scalars::truth),
          Boolean.class, new ScalarType("true or false", Scalars::truth),
          String.class, new ScalarType("a text", Scalars::text),
          Object.class, new ScalarType("a number, true, false or a text", Scalars::any));

  private Scalars() {}

  /** A type that a single scalar can be read as. */
  record ScalarType(String words, Function<YamlNode.Scalar, Optional<?>> read) {}

  /** How a type is read, if it is one of a single value. */
  static Optional<ScalarType> type(Class<?> type) {
    return Optional.ofNullable(TYPES.get(type));
  }

  private static Optional<BigInteger> whole(YamlNode.Scalar scalar) {
    return !scalar.quoted() && INTEGER.matcher(scalar.text()).matches()
        ? Optional.of(new BigInteger(scalar.text().replace("_", "").replace("+", "")))
        : Optional.empty();
  }

  private static Optional<Integer> asInt(BigInteger value) {
    return value.bitLength() < Integer.SIZE ? Optional.of(value.intValue()) : Optional.empty();
  }

  private static Optional<Long> asLong(BigInteger value) {
    return value.bitLength() < Long.SIZE ? Optional.of(value.longValue()) : Optional.empty();
  }

  private static Optional<Double> decimal(YamlNode.Scalar scalar) {
    if (scalar.quoted() || !DECIMAL.matcher(scalar.text()).matches()) {
      return whole(scalar).map(BigInteger::doubleValue).filter(Double::isFinite);
    }
    double value = new BigDecimal(scalar.text().replace("_", "")).doubleValue();
    return Double.isFinite(value) ? Optional.of(value) : Optional.empty();
  }

  private static Optional<Boolean> truth(YamlNode.Scalar scalar) {
    boolean known = scalar.text().equals("true") || scalar.text().equals("false");
    return !scalar.quoted() && known
        ? Optional.of(Boolean.valueOf(scalar.text()))
        : Optional.empty();
  }

  private static Optional<String> text(YamlNode.Scalar scalar) {
    boolean text = scalar.quoted() || (truth(scalar).isEmpty() && decimal(scalar).isEmpty());
    return text && !scalar.isNull() ? Optional.of(scalar.text()) : Optional.empty();
  }

  /** As it looks: a parameter of a method, whose type only the method knows. */
  private static Optional<?> any(YamlNode.Scalar scalar) {
    Optional<BigInteger> whole = whole(scalar);
    if (whole.isPresent()) {
      return whole.flatMap(Scalars::asInt).isPresent()
          ? whole.flatMap(Scalars::asInt)
          : whole.flatMap(Scalars::asLong);
    }
    Optional<?> value = decimal(scalar);
    Optional<?> orTruth = value.isPresent() ? value : truth(scalar);
    return orTruth.isPresent() ? orTruth : text(scalar);
  }
}

package dev.temper.trainers.template;

/** One link of a chain of comparisons. */
record Operand(String operator, Expression expression) {

  boolean holds(Object left, Object right) {
    return switch (operator) {
      case "==" -> Equality.equal(left, right);
      case "!=" -> !Equality.equal(left, right);
      case "in" -> Equality.contains(right, left);
      case "not in" -> !Equality.contains(right, left);
      case "<" -> Equality.order(left, right) < 0;
      case "<=" -> Equality.order(left, right) <= 0;
      case ">" -> Equality.order(left, right) > 0;
      case ">=" -> Equality.order(left, right) >= 0;
      default -> throw new IllegalStateException(operator);
    };
  }
}

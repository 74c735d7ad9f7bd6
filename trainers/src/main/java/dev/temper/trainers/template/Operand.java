package dev.temper.trainers.template;

/** One link of a chain of comparisons. */
record Operand(String operator, Expression expression) {

  boolean holds(Object left, Object right, Budget budget) {
    return switch (operator) {
      case "==" -> Equality.equal(left, right, budget);
      case "!=" -> !Equality.equal(left, right, budget);
      case "in" -> Equality.contains(right, left, budget);
      case "not in" -> !Equality.contains(right, left, budget);
      case "<" -> Equality.order(left, right, budget) < 0;
      case "<=" -> Equality.order(left, right, budget) <= 0;
      case ">" -> Equality.order(left, right, budget) > 0;
      case ">=" -> Equality.order(left, right, budget) >= 0;
      default -> throw new IllegalStateException(operator);
    };
  }
}

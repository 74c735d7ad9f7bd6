package dev.temper.trainers.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Something in a template that has a value. */
sealed interface Expression {

  Object value(Frame frame);

  record Constant(Object constant) implements Expression {
    @Override
    public Object value(Frame frame) {
      return constant;
    }
  }

  record Name(String name) implements Expression {
    @Override
    public Object value(Frame frame) {
      frame.budget().step();
      return frame.scope().get(name);
    }
  }

  record ListOf(List<Expression> items) implements Expression {
    @Override
    public Object value(Frame frame) {
      return values(items, frame);
    }
  }

  record TupleOf(List<Expression> items) implements Expression {
    @Override
    public Object value(Frame frame) {
      return new Tuple(values(items, frame));
    }
  }

  record DictOf(List<Expression> keys, List<Expression> items) implements Expression {
    @Override
    public Object value(Frame frame) {
      Map<Object, Object> map = new LinkedHashMap<>();
      for (int i = 0; i < keys.size(); i++) {
        map.put(Keys.require(keys.get(i).value(frame)), items.get(i).value(frame));
      }
      frame.budget().allocate(map.size());
      return map;
    }
  }

  record Conditional(Expression condition, Expression then, Optional<Expression> otherwise)
      implements Expression {
    @Override
    public Object value(Frame frame) {
      if (Truth.of(condition.value(frame))) {
        return then.value(frame);
      }
      return otherwise.isPresent()
          ? otherwise.get().value(frame)
          : new Undefined("the inline if-expression evaluated to false and has no else");
    }
  }

  record Or(Expression left, Expression right) implements Expression {
    @Override
    public Object value(Frame frame) {
      Object first = left.value(frame);
      return Truth.of(first) ? first : right.value(frame);
    }
  }

  record And(Expression left, Expression right) implements Expression {
    @Override
    public Object value(Frame frame) {
      Object first = left.value(frame);
      return Truth.of(first) ? right.value(frame) : first;
    }
  }

  record Not(Expression operand) implements Expression {
    @Override
    public Object value(Frame frame) {
      return !Truth.of(operand.value(frame));
    }
  }

  record Comparison(Expression first, List<Operand> operands) implements Expression {
    @Override
    public Object value(Frame frame) {
      frame.budget().step();
      Object left = first.value(frame);
      for (Operand operand : operands) {
        Object right = operand.expression().value(frame);
        if (!operand.holds(left, right, frame.budget())) {
          return false;
        }
        left = right;
      }
      return true;
    }
  }

  record Binary(String operator, Expression left, Expression right) implements Expression {
    @Override
    public Object value(Frame frame) {
      frame.budget().step();
      return Arithmetic.apply(operator, left.value(frame), right.value(frame), frame);
    }
  }

  record Unary(String operator, Expression operand) implements Expression {
    @Override
    public Object value(Frame frame) {
      return Arithmetic.apply(operator, operand.value(frame));
    }
  }

  record Concatenation(List<Expression> parts) implements Expression {
    @Override
    public Object value(Frame frame) {
      StringBuilder text = new StringBuilder();
      for (Expression part : parts) {
        String piece = PythonText.of(part.value(frame));
        frame.budget().allocate(piece.length());
        text.append(piece);
      }
      return text.toString();
    }
  }

  record Attribute(Expression target, String name) implements Expression {
    @Override
    public Object value(Frame frame) {
      frame.budget().step();
      return Attributes.attribute(target.value(frame), name);
    }
  }

  record Subscript(Expression target, Expression index) implements Expression {
    @Override
    public Object value(Frame frame) {
      frame.budget().step();
      return Attributes.item(target.value(frame), index.value(frame));
    }
  }

  record Slice(
      Expression target,
      Optional<Expression> start,
      Optional<Expression> stop,
      Optional<Expression> step)
      implements Expression {
    @Override
    public Object value(Frame frame) {
      return Slices.of(
          target.value(frame), bound(start, frame), bound(stop, frame), bound(step, frame), frame);
    }

    private static Object bound(Optional<Expression> expression, Frame frame) {
      return expression.isPresent() ? expression.get().value(frame) : None.NONE;
    }
  }

  record Call(Expression target, ArgumentList arguments) implements Expression {
    @Override
    public Object value(Frame frame) {
      frame.budget().step();
      Object called = target.value(frame);
      if (called instanceof Function function) {
        return function.call(arguments.values(frame), frame);
      }
      if (called instanceof Loop loop) {
        return loop.recurse(arguments.values(frame), frame);
      }
      throw called instanceof Undefined undefined
          ? undefined.error()
          : TemplateException.value("'" + TypeName.of(called) + "' object is not callable");
    }
  }

  record Filtered(Expression target, String filter, ArgumentList arguments) implements Expression {
    @Override
    public Object value(Frame frame) {
      frame.budget().step();
      return Filters.apply(filter, target.value(frame), arguments.values(frame), frame);
    }
  }

  record Test(Expression target, String test, ArgumentList arguments, boolean negated)
      implements Expression {
    @Override
    public Object value(Frame frame) {
      frame.budget().step();
      return negated ^ Tests.holds(test, target.value(frame), arguments.values(frame), frame);
    }
  }

  private static List<Object> values(List<Expression> expressions, Frame frame) {
    List<Object> values = new ArrayList<>(expressions.size());
    for (Expression expression : expressions) {
      values.add(expression.value(frame));
    }
    frame.budget().allocate(values.size());
    return values;
  }
}

package dev.temper.trainers.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Something in a template that writes text or does something. */
sealed interface Statement {

  /** What comes after a statement. */
  enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  Flow render(Frame frame);

  record Data(String text) implements Statement {
    @Override
    public Flow render(Frame frame) {
      frame.output().append(text);
      return Flow.NEXT;
    }
  }

  record Print(Expression expression) implements Statement {
    @Override
    public Flow render(Frame frame) {
      frame.output().append(PythonText.of(expression.value(frame)));
      return Flow.NEXT;
    }
  }

  /** A statement with the line that it starts on. */
  record Numbered(Statement statement, int line) implements Statement {
    @Override
    public Flow render(Frame frame) {
      try {
        frame.budget().step();
        return statement.render(frame);
      } catch (TemplateException e) {
        throw e.at(line);
      }
    }
  }

  record Block(List<Statement> statements) implements Statement {
    @Override
    public Flow render(Frame frame) {
      for (Statement statement : statements) {
        Flow flow = statement.render(frame);
        if (flow != Flow.NEXT) {
          return flow;
        }
      }
      return Flow.NEXT;
    }
  }

  record If(List<Branch> branches, Block otherwise) implements Statement {
    @Override
    public Flow render(Frame frame) {
      for (Branch branch : branches) {
        if (Truth.of(branch.condition().value(frame))) {
          return branch.body().render(frame);
        }
      }
      return otherwise.render(frame);
    }
  }

  record Branch(Expression condition, Block body) {}

  record For(
      Target target,
      Expression items,
      Optional<Expression> condition,
      boolean recursive,
      Block body,
      Block otherwise)
      implements Statement {
    @Override
    public Flow render(Frame frame) {
      return render(items.value(frame), 0, frame);
    }

    Flow render(Object over, int depth, Frame frame) {
      List<Object> chosen = chosen(Items.of(over, frame), frame);
      Loop loop = new Loop(this, chosen, depth);
      boolean finished = false;
      while (loop.advance()) {
        frame.budget().step();
        Frame turn = frame.inner();
        turn.scope().set("loop", loop);
        target.assign(loop.item(), turn);
        Flow flow = body.render(turn);
        // As in Jinja: 'else' comes where no turn reached its end, whatever made it leave.
        finished |= flow == Flow.NEXT;
        if (flow == Flow.BREAK) {
          break;
        }
      }
      return finished ? Flow.NEXT : otherwise.render(frame);
    }

    private List<Object> chosen(List<Object> over, Frame frame) {
      if (condition.isEmpty()) {
        return over;
      }
      List<Object> chosen = new ArrayList<>();
      for (Object item : over) {
        Frame turn = frame.inner();
        target.assign(item, turn);
        if (Truth.of(condition.get().value(turn))) {
          chosen.add(item);
        }
      }
      return chosen;
    }
  }

  record Set(Target target, Expression expression) implements Statement {
    @Override
    public Flow render(Frame frame) {
      target.assign(expression.value(frame), frame);
      return Flow.NEXT;
    }
  }

  /** {@code {% set name %}text{% endset %}}, with filters. */
  record SetBlock(Target target, Block body, List<Expression.Filtered> filters)
      implements Statement {
    @Override
    public Flow render(Frame frame) {
      Frame inside = frame.captured();
      body.render(inside);
      target.assign(filtered(inside.output().text(), filters, frame), frame);
      return Flow.NEXT;
    }
  }

  record FilterBlock(List<Expression.Filtered> filters, Block body) implements Statement {
    @Override
    public Flow render(Frame frame) {
      Frame inside = frame.captured();
      body.render(inside);
      frame.output().append(PythonText.of(filtered(inside.output().text(), filters, frame)));
      return Flow.NEXT;
    }
  }

  record With(List<Target> targets, List<Expression> values, Block body) implements Statement {
    @Override
    public Flow render(Frame frame) {
      Frame inside = frame.inner();
      for (int i = 0; i < targets.size(); i++) {
        targets.get(i).assign(values.get(i).value(frame), inside);
      }
      return body.render(inside);
    }
  }

  record MacroDefinition(String name, List<Parameter> parameters, Block body) implements Statement {
    @Override
    public Flow render(Frame frame) {
      frame.scope().set(name, new Macro(name, parameters, body, frame.scope()));
      return Flow.NEXT;
    }
  }

  /** A parameter of a macro. */
  record Parameter(String name, Optional<Expression> otherwise) {}

  record CallBlock(List<Parameter> parameters, Expression.Call call, Block body)
      implements Statement {
    @Override
    public Flow render(Frame frame) {
      if (!(call.target().value(frame) instanceof Macro macro)) {
        throw TemplateException.value("{% call %} needs a macro");
      }
      Macro caller = new Macro("caller", parameters, body, frame.scope());
      frame
          .output()
          .append(macro.text(call.arguments().values(frame), Map.of("caller", caller), frame));
      return Flow.NEXT;
    }
  }

  /** What the assistant says; names that are set inside are not known outside. */
  record Generation(Block body) implements Statement {
    @Override
    public Flow render(Frame frame) {
      int start = frame.output().position();
      body.render(frame.inner());
      frame.output().generatedSince(start);
      return Flow.NEXT;
    }
  }

  record Jump(Flow flow) implements Statement {
    @Override
    public Flow render(Frame frame) {
      return flow;
    }
  }

  private static Object filtered(Object text, List<Expression.Filtered> filters, Frame frame) {
    Object value = text;
    for (Expression.Filtered filter : filters) {
      value = Filters.apply(filter.filter(), value, filter.arguments().values(frame), frame);
    }
    return value;
  }
}

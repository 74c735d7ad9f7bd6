package dev.temper.trainers.template;

import java.util.List;
import java.util.Optional;

/** The name {@code loop} inside a for. */
final class Loop {

  private final Statement.For statement;
  private final List<Object> items;
  private final int depth;
  private int index = -1;
  private Optional<Object> lastChecked = Optional.empty();

  Loop(Statement.For statement, List<Object> items, int depth) {
    this.statement = statement;
    this.items = items;
    this.depth = depth;
  }

  boolean advance() {
    return ++index < items.size();
  }

  Object item() {
    return items.get(index);
  }

  Optional<Object> attribute(String name) {
    return Optional.ofNullable(
        switch (name) {
          case "index" -> index + 1L;
          case "index0" -> (long) index;
          case "revindex" -> (long) items.size() - index;
          case "revindex0" -> items.size() - index - 1L;
          case "first" -> index == 0;
          case "last" -> index == items.size() - 1;
          case "length" -> (long) items.size();
          case "depth" -> depth + 1L;
          case "depth0" -> (long) depth;
          case "previtem" ->
              index > 0 ? items.get(index - 1) : new Undefined("there is no previous item");
          case "nextitem" ->
              index < items.size() - 1
                  ? items.get(index + 1)
                  : new Undefined("there is no next item");
          case "cycle" -> (Function) (arguments, frame) -> cycle(arguments.positional());
          case "changed" -> (Function) (arguments, frame) -> changed(arguments.positional(), frame);
          default -> null;
        });
  }

  private Object cycle(List<Object> values) {
    if (values.isEmpty()) {
      throw TemplateException.value("loop.cycle needs values");
    }
    return values.get(index % values.size());
  }

  private boolean changed(List<Object> values, Frame frame) {
    Tuple checked = new Tuple(values);
    boolean changed =
        lastChecked.isEmpty() || !Equality.equal(lastChecked.get(), checked, frame.budget());
    lastChecked = Optional.of(checked);
    return changed;
  }

  /** The same loop over other items, as text. */
  Object recurse(Arguments arguments, Frame frame) {
    if (!statement.recursive()) {
      throw TemplateException.value("a loop that calls itself must say 'recursive'");
    }
    frame.budget().enter();
    Frame inside = frame.captured();
    statement.render(arguments.required(0, "iterable"), depth + 1, inside);
    frame.budget().leave();
    return inside.output().text();
  }
}

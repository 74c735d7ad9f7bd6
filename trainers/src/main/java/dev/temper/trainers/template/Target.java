package dev.temper.trainers.template;

import java.util.List;

/** What an assignment gives a value to. */
sealed interface Target {

  void assign(Object value, Frame frame);

  record Name(String name) implements Target {
    @Override
    public void assign(Object value, Frame frame) {
      frame.scope().set(name, value);
    }
  }

  record NamespaceName(String namespace, String name) implements Target {
    @Override
    public void assign(Object value, Frame frame) {
      if (frame.scope().get(namespace) instanceof Namespace space) {
        space.put(name, value);
      } else {
        throw TemplateException.value(
            "cannot assign to '%s.%s', since '%s' is no namespace"
                .formatted(namespace, name, namespace));
      }
    }
  }

  record Several(List<Target> targets) implements Target {
    @Override
    public void assign(Object value, Frame frame) {
      List<Object> values = Items.of(value, frame);
      if (values.size() != targets.size()) {
        throw TemplateException.value(
            "%d values were to be unpacked, got %d".formatted(targets.size(), values.size()));
      }
      for (int i = 0; i < values.size(); i++) {
        targets.get(i).assign(values.get(i), frame);
      }
    }
  }
}

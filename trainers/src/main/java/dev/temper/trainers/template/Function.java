package dev.temper.trainers.template;

/** Something that a template can call. */
@FunctionalInterface
interface Function {
  Object call(Arguments arguments, Frame frame);
}

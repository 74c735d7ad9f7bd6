package dev.temper.trainers.template;

/** Python's None. */
enum None {
  NONE
}

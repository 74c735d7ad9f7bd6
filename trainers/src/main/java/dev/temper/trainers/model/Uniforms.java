package dev.temper.trainers.model;

/** Random numbers for sampling, by sequence and position rather than by order. */
@FunctionalInterface
public interface Uniforms {

  /**
   * A number in [0, 1).
   *
   * @param sequence index of the requested sequence
   * @param position completion token, from 0
   */
  float at(int sequence, int position);
}

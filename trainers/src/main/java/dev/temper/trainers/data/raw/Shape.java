package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.databind.JsonNode;

/** What the fields of a row mean. */
interface Shape {

  /** Whether a row has its fields, by their names alone: what is in them is checked later. */
  boolean fits(JsonNode row);

  /**
   * Reads a row, which is an object.
   *
   * @throws WrongShape naming the field that is not what it must be
   * @throws LeftOut if nothing is wrong with it and it is of no use
   */
  RawRow read(JsonNode row, String where);
}

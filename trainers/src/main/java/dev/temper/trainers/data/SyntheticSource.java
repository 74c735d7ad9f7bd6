package dev.temper.trainers.data;

import dev.temper.trainers.data.raw.RawRow;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/**
 * A deterministic generator of rows.
 *
 * @param size rows that there are; empty where there is no end
 * @param row the row with an index, whatever was asked for before
 */
record SyntheticSource(OptionalInt size, IntFunction<RawRow> row) {}

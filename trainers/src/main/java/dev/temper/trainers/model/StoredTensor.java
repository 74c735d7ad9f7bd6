package dev.temper.trainers.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** A tensor of a file, as float32: its values are read when they are asked for. */
final class StoredTensor {

  /** Numbers that are read at once, at least a row: 64 MiB as float32. */
  private static final int PIECE = 1 << 24;

  private final String file;
  private final String name;
  private final String dtype;
  private final long[] shape;
  private final long count;
  private final boolean asIs;
  private final Values values;

  /**
   * @param asIs whether the values lie in the source as they are read; otherwise memory is asked
   *     for
   */
  private StoredTensor(
      String file,
      String name,
      String dtype,
      long[] shape,
      long count,
      boolean asIs,
      Values values) {
    this.file = file;
    this.name = name;
    this.dtype = dtype;
    this.shape = shape;
    this.count = count;
    this.asIs = asIs;
    this.values = values;
  }

  /** Values from an index on, row by row. */
  private interface Values {
    /**
     * Little-endian float32.
     *
     * @param memory gives memory of a size in bytes; not asked where the values lie in a mapped
     *     file
     */
    ByteBuffer range(long first, int count, IntFunction<ByteBuffer> memory) throws IOException;
  }

  /** A tensor in memory. */
  StoredTensor(long[] shape, FloatBuffer values) {
    this(shape, () -> values);
  }

  /** A tensor whose values are made when it is written. */
  StoredTensor(long[] shape, Supplier<FloatBuffer> values) {
    this(
        "memory",
        "",
        Dtype.F32.name(),
        shape,
        new Shape(shape).size(),
        false,
        (first, count, memory) -> {
          ByteBuffer bytes = memory.apply(count * Float.BYTES);
          bytes.asFloatBuffer().put(values.get().slice((int) first, count));
          return bytes;
        });
  }

  /**
   * A tensor in a file.
   *
   * @param offset of its first byte
   */
  static StoredTensor of(
      String file, SafeTensorsHeader.Entry entry, long offset, SafeTensors.Source source) {
    // Old files have headers of any length, and floats must lie on multiples of four.
    boolean asIs = entry.dtype().equals(Dtype.F32.name()) && offset % Float.BYTES == 0;
    return new StoredTensor(
        file,
        entry.name(),
        entry.dtype(),
        entry.shape(),
        entry.count(),
        asIs,
        (first, count, memory) -> {
          Dtype type = Dtype.of(entry.dtype()).orElseThrow();
          ByteBuffer bytes =
              source
                  .range(offset + first * type.bytes(), count * type.bytes())
                  .order(ByteOrder.LITTLE_ENDIAN);
          if (asIs) {
            return bytes;
          }
          ByteBuffer wide = memory.apply(count * Float.BYTES);
          type.widen(bytes, wide);
          return wide;
        });
  }

  long[] shape() {
    return shape.clone();
  }

  /** Numbers in it. */
  long count() {
    return count;
  }

  /** Fails where a model cannot take this tensor for the weight that it needs. */
  void require(long[] wanted) {
    if (!Arrays.equals(shape, wanted)) {
      throw refused("shape " + Arrays.toString(wanted), Arrays.toString(shape));
    }
    if (Dtype.of(dtype).isEmpty()) {
      throw refused("dtype one of " + Dtype.all(), "'" + dtype + "'");
    }
  }

  /** All values, row by row. */
  FloatBuffer values() {
    require(shape);
    return read(
            0,
            Math.toIntExact(count),
            size -> ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN))
        .asFloatBuffer();
  }

  /**
   * Appends the rows to a list of arrays that make the tensor when they are joined.
   *
   * <p>Those of a mapped float32 file lie in the file's memory.
   */
  void addTo(NDList pieces, NDManager scope, Scratch scratch) {
    require(shape);
    int row = (int) (shape.length == 0 || shape[0] == 0 ? count : count / shape[0]);
    long rows = row == 0 ? 0 : count / row;
    int most = Math.max(1, PIECE / Math.max(1, row));
    for (long first = 0; first < rows; first += most) {
      int taken = (int) Math.min(most, rows - first);
      ByteBuffer bytes = read(first * row, taken * row, scratch::of);
      Shape size = shape.length < 2 ? new Shape((long) taken * row) : new Shape(taken, row);
      NDArray piece =
          bytes.isDirect()
              ? scope.create(bytes, size, DataType.FLOAT32)
              : scope.create(bytes.asFloatBuffer(), size);
      if (asIs && bytes.isDirect()) {
        pieces.add(piece);
      } else {
        // The memory is needed again.
        pieces.add(piece.duplicate());
        piece.close();
      }
    }
  }

  private ByteBuffer read(long first, int size, IntFunction<ByteBuffer> memory) {
    try {
      return values.range(first, size, memory);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": " + name + " cannot be read", e);
    }
  }

  private StageFailure refused(String wanted, String found) {
    return new StageFailure(
        StageFailure.Type.ARTIFACT_CORRUPT,
        "%s: %s must have %s, got %s".formatted(file, name, wanted, found));
  }
}

package dev.temper.trainers.model;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Number formats of weights, read as float32. */
enum Dtype {
  F32(Float.BYTES) {
    @Override
    float read(ByteBuffer bytes) {
      return bytes.getFloat();
    }
  },
  BF16(Short.BYTES) {
    /** The upper half of a float32. */
    @Override
    float read(ByteBuffer bytes) {
      return Float.intBitsToFloat(bytes.getShort() << 16);
    }
  },
  F16(Short.BYTES) {
    @Override
    float read(ByteBuffer bytes) {
      return half(bytes.getShort());
    }
  };

  /** Bytes of one number in all formats that a file may have, those that are no weights too. */
  private static final Map<String, Integer> SIZES =
      Map.ofEntries(
          Map.entry("BOOL", 1),
          Map.entry("U8", 1),
          Map.entry("I8", 1),
          Map.entry("F8_E4M3", 1),
          Map.entry("F8_E5M2", 1),
          Map.entry("U16", 2),
          Map.entry("I16", 2),
          Map.entry("F16", 2),
          Map.entry("BF16", 2),
          Map.entry("U32", 4),
          Map.entry("I32", 4),
          Map.entry("F32", 4),
          Map.entry("U64", 8),
          Map.entry("I64", 8),
          Map.entry("F64", 8));

  private final int bytes;

  Dtype(int bytes) {
    this.bytes = bytes;
  }

  int bytes() {
    return bytes;
  }

  /** The next number. */
  abstract float read(ByteBuffer bytes);

  /** Fills little-endian memory with numbers as float32. */
  void widen(ByteBuffer narrow, ByteBuffer wide) {
    while (wide.hasRemaining()) {
      wide.putFloat(read(narrow));
    }
    wide.flip();
  }

  static Optional<Dtype> of(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }

  /** Formats that weights can have. */
  static List<Dtype> all() {
    return List.of(values());
  }

  static Optional<Integer> size(String name) {
    return Optional.ofNullable(SIZES.get(name));
  }

  /** IEEE 754 binary16: 5 bits of exponent, 10 of fraction. */
  private static float half(short bits) {
    int exponent = (bits >> 10) & 0x1F;
    int fraction = bits & 0x3FF;
    float magnitude;
    if (exponent == 0) {
      magnitude = fraction * 0x1p-24f;
    } else if (exponent == 0x1F) {
      magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else {
      magnitude = Float.intBitsToFloat((exponent + 112) << 23 | fraction << 13);
    }
    return bits < 0 ? -magnitude : magnitude;
  }
}

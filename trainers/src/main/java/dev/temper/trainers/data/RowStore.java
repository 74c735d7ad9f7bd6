package dev.temper.trainers.data;

import dev.temper.trainers.data.raw.RawRow;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;

/**
 * Rows by their number, in memory while they are few and else in a temporary file that is gone with
 * the process: then a row costs 8 bytes of memory and is read when it is asked for. Which of the
 * two it is can be told by time alone.
 */
final class RowStore extends AbstractList<RawRow> implements RandomAccess {

  /** What rows may take in memory. */
  static final long HELD_BYTES = 256L << 20;

  private static final int BUFFER = 1 << 20;

  private final long heldBytes;
  private final List<RawRow> held = new ArrayList<>();
  private long bytes;
  private FileChannel file;
  private ByteArrayOutputStream unwritten = new ByteArrayOutputStream();
  private long[] ends = new long[1024];
  private int size;

  RowStore(long heldBytes) {
    this.heldBytes = heldBytes;
  }

  boolean onDisk() {
    return file != null;
  }

  @Override
  public boolean add(RawRow row) {
    if (onDisk()) {
      write(row);
    } else {
      held.add(row);
      bytes += RowCodec.bytes(row);
      if (bytes > heldBytes) {
        spill();
      }
    }
    size++;
    return true;
  }

  private void spill() {
    try {
      Path path = Files.createTempFile("temper-rows", ".bin");
      file =
          FileChannel.open(
              path,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      throw new UncheckedIOException("the data does not fit into memory, and not on disk: " + e, e);
    }
    int number = 0;
    for (RawRow row : held) {
      write(row, number++);
    }
    held.clear();
  }

  private void write(RawRow row) {
    write(row, size);
  }

  private void write(RawRow row, int number) {
    try {
      RowCodec.write(row, new DataOutputStream(unwritten));
      if (number == ends.length) {
        ends = Arrays.copyOf(ends, Math.multiplyExact(ends.length, 2));
      }
      ends[number] = file.position() + unwritten.size();
      if (unwritten.size() > BUFFER) {
        flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void flush() throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(unwritten.toByteArray());
    while (rest.hasRemaining()) {
      file.write(rest);
    }
    unwritten = new ByteArrayOutputStream();
  }

  @Override
  public RawRow get(int number) {
    if (!onDisk()) {
      return held.get(number);
    }
    java.util.Objects.checkIndex(number, size);
    try {
      if (unwritten.size() > 0) {
        flush();
      }
      long start = number == 0 ? 0 : ends[number - 1];
      ByteBuffer row = ByteBuffer.allocate(Math.toIntExact(ends[number] - start));
      int read = 0;
      while (read >= 0 && row.hasRemaining()) {
        read = file.read(row, start + row.position());
      }
      return RowCodec.read(new DataInputStream(new ByteArrayInputStream(row.array())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int size() {
    return size;
  }
}

package dev.temper.infra.s3;

import java.io.InputStream;
import java.nio.ByteBuffer;

/** Reads a buffer; may be set back to its start. */
final class BufferStream extends InputStream {

  private final ByteBuffer bytes;

  BufferStream(ByteBuffer bytes) {
    this.bytes = bytes;
    bytes.mark();
  }

  @Override
  public int read() {
    return bytes.hasRemaining() ? bytes.get() & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    if (!bytes.hasRemaining()) {
      return -1;
    }
    int read = Math.min(length, bytes.remaining());
    bytes.get(target, offset, read);
    return read;
  }

  @Override
  public int available() {
    return bytes.remaining();
  }

  @Override
  public boolean markSupported() {
    return true;
  }

  @Override
  public synchronized void mark(int limit) {
    bytes.mark();
  }

  @Override
  public synchronized void reset() {
    bytes.reset();
  }
}

package dev.temper.infra.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Bytes of which any part can be read, more than once and by several threads. */
interface ByteSource {

  long size();

  /** A stream over a part; not closed by whoever reads it. */
  InputStream part(long offset, long length);

  /** What lies between position and limit, without a copy. */
  static ByteSource of(ByteBuffer bytes) {
    ByteBuffer all = bytes.slice();
    return new ByteSource() {
      @Override
      public long size() {
        return all.capacity();
      }

      @Override
      public InputStream part(long offset, long length) {
        return new BufferStream(all.slice(Math.toIntExact(offset), Math.toIntExact(length)));
      }
    };
  }

  /** A file, as long as the channel is open. */
  static ByteSource of(FileChannel file) throws IOException {
    long size = file.size();
    return new ByteSource() {
      @Override
      public long size() {
        return size;
      }

      @Override
      public InputStream part(long offset, long length) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length));
        try {
          while (bytes.hasRemaining() && file.read(bytes, offset + bytes.position()) >= 0) {
            // until the part is full or the file has become shorter
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        return new BufferStream(bytes.flip());
      }
    };
  }
}

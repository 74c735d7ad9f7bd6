package dev.temper.trainers.data.raw;

import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/**
 * UTF-8 text that is given out only while rows keep coming: one that never ends is refused before
 * it fills the memory.
 */
final class RowLimitReader extends FilterReader {

  private long sinceRow;

  private RowLimitReader(Reader in) {
    super(in);
  }

  static RowLimitReader of(InputStream in) {
    return new RowLimitReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
  }

  /** Says that a row has ended. */
  void rowEnded() {
    sinceRow = 0;
  }

  @Override
  public int read() throws IOException {
    int c = super.read();
    count(1);
    return c;
  }

  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    int read = super.read(buffer, offset, length);
    count(Math.max(0, read));
    return read;
  }

  private void count(int read) throws TooLong {
    sinceRow += read;
    if (sinceRow > RowSink.ROW_LIMIT) {
      throw new TooLong();
    }
  }

  /** A row that is longer than rows may be. */
  static final class TooLong extends IOException {
    private static final long serialVersionUID = 1;

    TooLong() {
      super(RowSink.tooLong());
    }
  }
}

package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/** One JSON object a line, UTF-8, blank lines skipped. */
final class JsonlFormat implements RowFormat {

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final ObjectReader json = JsonText.mapper().readerFor(JsonNode.class);

  @Override
  public void read(DataFile file, Optional<Set<String>> columns, RowSink sink) throws IOException {
    try (InputStream in = file.open()) {
      int line = 0;
      Line bytes = Line.next(in);
      while (bytes.there() && !sink.full()) {
        line++;
        row(bytes, file.name() + ":" + line, sink);
        bytes = Line.next(in);
      }
    }
  }

  private void row(Line line, String where, RowSink sink) {
    if (line.tooLong()) {
      sink.problem(where, RowSink.tooLong());
      return;
    }
    try {
      String text = decode(line.bytes());
      if (!text.isBlank()) {
        sink.row(where, json.readValue(text));
      }
    } catch (CharacterCodingException e) {
      sink.problem(where, "not UTF-8");
    } catch (JsonProcessingException e) {
      sink.problem(where, "not one JSON object: " + JsonText.reason(e));
    }
  }

  private static String decode(byte[] bytes) throws CharacterCodingException {
    int start = startsWith(bytes, BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
    ByteBuffer content = ByteBuffer.wrap(bytes, start, bytes.length - start);
    return StandardCharsets.UTF_8.newDecoder().decode(content).toString();
  }

  private static boolean startsWith(byte[] bytes, byte[] prefix) {
    return bytes.length >= prefix.length
        && ByteBuffer.wrap(bytes, 0, prefix.length).equals(ByteBuffer.wrap(prefix));
  }

  /**
   * Bytes up to the next line end.
   *
   * @param tooLong the rest of the line was passed over, and never held
   * @param there whether the file had one more line
   */
  private record Line(byte[] bytes, boolean tooLong, boolean there) {

    static Line next(InputStream in) throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      boolean tooLong = false;
      int b = in.read();
      if (b < 0) {
        return new Line(new byte[0], false, false);
      }
      while (b >= 0 && b != '\n') {
        tooLong |= line.size() >= RowSink.ROW_LIMIT;
        if (!tooLong) {
          line.write(b);
        }
        b = in.read();
      }
      return new Line(line.toByteArray(), tooLong, true);
    }
  }
}

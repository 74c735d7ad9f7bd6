package dev.temper.trainers.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.temper.trainers.StageFailure;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads rows from a JSONL file: one JSON object a line, UTF-8, blank lines skipped.
 *
 * <p>Everything that is wrong is named with {@code file:line}, the first few problems at once.
 */
final class JsonlReader {

  private static final int PROBLEMS_SHOWN = 5;
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final ObjectReader json =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);
  private final RowShape shape;
  private final Need need;

  JsonlReader(RowShape shape, Need need) {
    this.shape = shape;
    this.need = need;
  }

  /**
   * All rows, or the first ones.
   *
   * @param name what messages call the file
   * @param limit rows at most, 0 for all
   * @throws StageFailure DataContract where the file is missing, empty or has a wrong line
   */
  List<RawRow> read(Path file, String name, int limit) throws IOException {
    List<RawRow> rows = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    int line = 0;
    try (InputStream in = new BufferedInputStream(open(file, name))) {
      Optional<byte[]> bytes = nextLine(in);
      while (bytes.isPresent() && (limit == 0 || rows.size() < limit)) {
        line++;
        row(bytes.get(), name + ":" + line, rows, problems);
        bytes = nextLine(in);
      }
    }
    if (!problems.isEmpty()) {
      throw new StageFailure(StageFailure.Type.DATA_CONTRACT, message(problems));
    }
    if (rows.isEmpty()) {
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT, name + ": is empty, at least one row is needed");
    }
    return rows;
  }

  private static InputStream open(Path file, String name) throws IOException {
    if (Files.isDirectory(file)) {
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT, name + ": is a folder, a JSONL file is needed");
    }
    try {
      return Files.newInputStream(file);
    } catch (NoSuchFileException e) {
      throw new StageFailure(StageFailure.Type.DATA_CONTRACT, name + ": no such file", e);
    }
  }

  private void row(byte[] bytes, String where, List<RawRow> rows, List<String> problems) {
    try {
      String text = decode(bytes);
      if (text.isBlank()) {
        return;
      }
      RawRow row = shape.row(json.readValue(text), where);
      need.missing(row)
          .ifPresentOrElse(
              field -> problems.add(where + ": '" + field + "' is missing"), () -> rows.add(row));
    } catch (CharacterCodingException e) {
      problems.add(where + ": not UTF-8");
    } catch (JsonProcessingException e) {
      problems.add(where + ": not one JSON object: " + firstLine(e.getOriginalMessage()));
    } catch (WrongShape e) {
      problems.add(where + ": " + e.getMessage());
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

  private static Optional<byte[]> nextLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int b = in.read();
    if (b < 0) {
      return Optional.empty();
    }
    while (b >= 0 && b != '\n') {
      line.write(b);
      b = in.read();
    }
    return Optional.of(line.toByteArray());
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }

  private static String message(List<String> problems) {
    String shown =
        String.join("; ", problems.subList(0, Math.min(PROBLEMS_SHOWN, problems.size())));
    int hidden = problems.size() - PROBLEMS_SHOWN;
    return hidden > 0 ? shown + "; and " + hidden + " more lines are wrong" : shown;
  }
}

package dev.temper.trainers.data;

import dev.temper.trainers.data.raw.Candidate;
import dev.temper.trainers.data.raw.Message;
import dev.temper.trainers.data.raw.RawRow;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Rows as bytes, for a file that only the process that wrote it reads. */
final class RowCodec {

  private static final int AROUND = 200;

  private RowCodec() {}

  /** What a row takes in memory, about. */
  static long bytes(RawRow row) {
    long characters =
        (long) row.where().length()
            + row.prompt().map(String::length).orElse(0)
            + row.completion().map(String::length).orElse(0)
            + row.text().map(String::length).orElse(0);
    for (Message message : row.messages()) {
      characters += AROUND / 2 + message.content().length();
    }
    for (Candidate candidate : row.candidates()) {
      characters += AROUND / 2 + candidate.text().length();
    }
    for (Map.Entry<String, String> fact : row.facts().entrySet()) {
      characters += AROUND / 2 + fact.getKey().length() + fact.getValue().length();
    }
    int tokens = row.tokens().map(ids -> ids.length).orElse(0);
    return AROUND + 2 * characters + 4L * tokens;
  }

  static void write(RawRow row, DataOutputStream out) throws IOException {
    string(row.where(), out);
    optional(row.prompt(), out);
    out.writeInt(row.messages().size());
    for (Message message : row.messages()) {
      string(message.role(), out);
      string(message.content(), out);
    }
    optional(row.completion(), out);
    optional(row.text(), out);
    out.writeInt(row.facts().size());
    for (Map.Entry<String, String> fact : row.facts().entrySet()) {
      string(fact.getKey(), out);
      string(fact.getValue(), out);
    }
    int[] tokens = row.tokens().orElse(new int[0]);
    out.writeInt(row.tokens().isPresent() ? tokens.length : -1);
    for (int token : tokens) {
      out.writeInt(token);
    }
    out.writeBoolean(row.promptId().isPresent());
    out.writeLong(row.promptId().orElse(0));
    out.writeInt(row.candidates().size());
    for (Candidate candidate : row.candidates()) {
      string(candidate.text(), out);
      out.writeDouble(candidate.score());
    }
  }

  static RawRow read(DataInputStream in) throws IOException {
    String where = string(in);
    Optional<String> prompt = optional(in);
    List<Message> messages = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      messages.add(new Message(string(in), string(in)));
    }
    Optional<String> completion = optional(in);
    Optional<String> text = optional(in);
    Map<String, String> facts = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      facts.put(string(in), string(in));
    }
    Optional<int[]> tokens = tokens(in);
    boolean named = in.readBoolean();
    long promptId = in.readLong();
    List<Candidate> candidates = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      candidates.add(new Candidate(string(in), in.readDouble()));
    }
    return new RawRow(
        where,
        prompt,
        messages,
        completion,
        text,
        facts,
        tokens,
        named ? OptionalLong.of(promptId) : OptionalLong.empty(),
        candidates);
  }

  private static Optional<int[]> tokens(DataInput in) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      return Optional.empty();
    }
    int[] tokens = new int[length];
    for (int i = 0; i < length; i++) {
      tokens[i] = in.readInt();
    }
    return Optional.of(tokens);
  }

  private static void optional(Optional<String> text, DataOutputStream out) throws IOException {
    out.writeBoolean(text.isPresent());
    if (text.isPresent()) {
      string(text.get(), out);
    }
  }

  private static Optional<String> optional(DataInputStream in) throws IOException {
    return in.readBoolean() ? Optional.of(string(in)) : Optional.empty();
  }

  private static void string(String text, DataOutputStream out) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String string(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }
}

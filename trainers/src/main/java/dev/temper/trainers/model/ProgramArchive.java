package dev.temper.trainers.model;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs the text of one TorchScript class and its constants as the archive that libtorch loads: an
 * uncompressed zip of the code and of a pickle that makes one object of the class.
 */
final class ProgramArchive {

  private ProgramArchive() {}

  /**
   * @param type name of the class
   * @param code its text
   * @param constants attributes by name: {@link Integer}, {@link Double}, or an array of either
   */
  static byte[] pack(String type, String code, Map<String, ?> constants) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      store(zip, "program/data.pkl", pickle(type, constants));
      store(zip, "program/code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
      store(zip, "program/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
      store(zip, "program/version", "3\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return bytes.toByteArray();
  }

  /** Pickle protocol 2: object of the class, filled from a dictionary of its attributes. */
  private static byte[] pickle(String type, Map<String, ?> constants) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(new byte[] {(byte) 0x80, 2});
    out.writeBytes("c__torch__\n" + type + "\n");
    out.writeBytes(")");
    out.write(0x81);
    out.writeBytes("}(");
    name(out, "training");
    out.write(0x88);
    for (Map.Entry<String, ?> constant : constants.entrySet()) {
      name(out, constant.getKey());
      value(out, constant.getValue());
    }
    out.writeBytes("ub.");
    return bytes.toByteArray();
  }

  private static void value(DataOutputStream out, Object value) throws IOException {
    if (value instanceof Integer whole) {
      out.writeBytes("J");
      out.writeInt(Integer.reverseBytes(whole));
    } else if (value instanceof Double number) {
      out.writeBytes("G");
      out.writeDouble(number);
    } else if (value instanceof int[] wholes) {
      list(out, "build_intlist", Arrays.stream(wholes).boxed().toList());
    } else if (value instanceof double[] numbers) {
      list(out, "build_doublelist", Arrays.stream(numbers).boxed().toList());
    } else {
      throw new IllegalArgumentException("no attribute of a program: " + value);
    }
  }

  /** A call of libtorch's own builder on a list of items. */
  private static void list(DataOutputStream out, String builder, List<?> items) throws IOException {
    out.writeBytes("ctorch.jit._pickle\n" + builder + "\n(](");
    for (Object item : items) {
      value(out, item);
    }
    out.writeBytes("etR");
  }

  /** Declarations of the attributes in the text of a class. */
  static String declarations(Map<String, ?> constants) {
    StringBuilder text = new StringBuilder();
    constants.forEach(
        (name, value) ->
            text.append("  ").append(name).append(" : ").append(type(value)).append('\n'));
    return text.toString();
  }

  private static String type(Object value) {
    if (value instanceof int[]) {
      return "List[int]";
    }
    if (value instanceof double[]) {
      return "List[float]";
    }
    return value instanceof Integer ? "int" : "float";
  }

  private static void name(DataOutputStream out, String name) throws IOException {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    out.writeBytes("X");
    out.writeInt(Integer.reverseBytes(text.length));
    out.write(text);
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 sum = new CRC32();
    sum.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(sum.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}

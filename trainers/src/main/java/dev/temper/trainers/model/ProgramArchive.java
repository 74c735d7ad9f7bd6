package dev.temper.trainers.model;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
   * @param constants attributes by name: {@link Integer} or {@link Double}
   */
  static byte[] pack(String type, String code, Map<String, Number> constants) {
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
  private static byte[] pickle(String type, Map<String, Number> constants) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(new byte[] {(byte) 0x80, 2});
    out.writeBytes("c__torch__\n" + type + "\n");
    out.writeBytes(")");
    out.write(0x81);
    out.writeBytes("}(");
    name(out, "training");
    out.write(0x88);
    for (Map.Entry<String, Number> constant : constants.entrySet()) {
      name(out, constant.getKey());
      if (constant.getValue() instanceof Integer) {
        out.writeBytes("J");
        out.writeInt(Integer.reverseBytes(constant.getValue().intValue()));
      } else {
        out.writeBytes("G");
        out.writeDouble(constant.getValue().doubleValue());
      }
    }
    out.writeBytes("ub.");
    return bytes.toByteArray();
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

package dev.temper.trainers.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTensorsTest {

  private static final Map<String, SafeTensors.Stored> TENSORS =
      Map.of(
          "matrix",
          stored(new long[] {2, 3}, 1, 2, 3, 4, 5, 6),
          "vector",
          stored(new long[] {2}, -1, Float.MIN_VALUE),
          "scalar",
          stored(new long[0], 7));

  private static SafeTensors.Stored stored(long[] shape, float... values) {
    return new SafeTensors.Stored(shape, FloatBuffer.wrap(values));
  }

  private static void check(Map<String, SafeTensors.Stored> read) {
    assertThat(read.keySet()).isEqualTo(TENSORS.keySet());
    read.forEach(
        (name, tensor) -> {
          assertThat(tensor.shape()).isEqualTo(TENSORS.get(name).shape());
          assertThat(tensor.values()).isEqualTo(TENSORS.get(name).values());
        });
  }

  @Test
  void tensorsComeBackFromMemoryAndFromAFile(@TempDir Path folder) throws IOException {
    ByteBuffer bytes = SafeTensors.write(TENSORS);
    check(SafeTensors.read("memory", bytes.duplicate()));
    Path file = folder.resolve("model.safetensors");
    Files.write(file, TinyModels.bytes(bytes));
    check(SafeTensors.read(file));
  }

  @Test
  void refusesMoreThanAFileHolds() {
    FloatBuffer sixteenMegabytes = FloatBuffer.allocate(1 << 22);
    Map<String, SafeTensors.Stored> tensors = new TreeMap<>();
    for (int i = 0; i < 128; i++) {
      tensors.put("tensor" + i, new SafeTensors.Stored(new long[] {1 << 22}, sixteenMegabytes));
    }
    assertThatThrownBy(() -> SafeTensors.write(tensors))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("the model is too large");
  }

  @Test
  void dataIsAlignedAndSaysItsFormat() {
    ByteBuffer bytes = SafeTensors.write(TENSORS).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) bytes.getLong(0);
    assertThat(length % 8).isZero();
    assertThat(new String(TinyModels.bytes(bytes), 8, length, StandardCharsets.UTF_8))
        .contains("\"__metadata__\":{\"format\":\"pt\"}");
  }

  @Test
  void bfloat16IsWidened() throws IOException {
    ByteBuffer file = file("{\"a\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4);
    file.order(ByteOrder.LITTLE_ENDIAN)
        .putShort(file.limit() - 4, (short) 0x3F80)
        .putShort(file.limit() - 2, (short) 0xC040);
    assertThat(SafeTensors.read("file", file).get("a").values())
        .isEqualTo(FloatBuffer.wrap(new float[] {1, -3}));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'a':{'dtype':'F64','shape':[1],'data_offsets':[0,8]}} | must have dtype one of [F32, BF16], got 'F64'",
        "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}} | fits neither shape nor file",
        "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}} | fits neither shape nor file",
        "{'a':{'dtype':'F32','shape':[2]}} | fits neither shape nor file",
        "{'a | has a header that is no JSON"
      })
  void damageIsNamed(String header, String message) {
    ByteBuffer bytes = file(header.replace('\'', '"'), 8);
    assertThatThrownBy(() -> SafeTensors.read("model.safetensors", bytes))
        .isInstanceOfSatisfying(
            StageFailure.class,
            e -> assertThat(e.type()).isEqualTo(StageFailure.Type.ARTIFACT_CORRUPT))
        .hasMessageContaining("model.safetensors")
        .hasMessageContaining(message);
  }

  @Test
  void aFileThatIsCutOffIsRefused() {
    for (int length : new int[] {0, 7, 8, 20}) {
      ByteBuffer bytes = SafeTensors.write(TENSORS).limit(length);
      assertThatThrownBy(() -> SafeTensors.read("cut", bytes)).isInstanceOf(StageFailure.class);
    }
  }

  private static ByteBuffer file(String header, int dataBytes) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + text.length + dataBytes);
    file.order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text);
    return file.rewind();
  }
}

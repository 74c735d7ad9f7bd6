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
import org.junit.jupiter.params.provider.ValueSource;

class SafeTensorsTest {

  private static final Map<String, StoredTensor> TENSORS =
      Map.of(
          "matrix",
          stored(new long[] {2, 3}, 1, 2, 3, 4, 5, 6),
          "vector",
          stored(new long[] {2}, -1, Float.MIN_VALUE),
          "scalar",
          stored(new long[0], 7));

  private static StoredTensor stored(long[] shape, float... values) {
    return new StoredTensor(shape, FloatBuffer.wrap(values));
  }

  private static void check(Map<String, StoredTensor> read) {
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
    Map<String, StoredTensor> tensors = new TreeMap<>();
    for (int i = 0; i < 128; i++) {
      tensors.put("tensor" + i, new StoredTensor(new long[] {1 << 22}, sixteenMegabytes));
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

  @Test
  void float16IsWidened() throws IOException {
    short[] halves = {0x3C00, (short) 0xC200, 0x0001, (short) 0x83FF, 0x7BFF, 0x7C00, 0x7E00};
    ByteBuffer file = file("{\"a\":{\"dtype\":\"F16\",\"shape\":[7],\"data_offsets\":[0,14]}}", 14);
    for (int i = 0; i < halves.length; i++) {
      file.order(ByteOrder.LITTLE_ENDIAN).putShort(file.limit() - 14 + 2 * i, halves[i]);
    }
    FloatBuffer values = SafeTensors.read("file", file).get("a").values();
    float[] found = new float[7];
    values.get(found);
    assertThat(found)
        .containsExactly(
            1, -3, 0x1p-24f, -1023 * 0x1p-24f, 65504, Float.POSITIVE_INFINITY, Float.NaN);
  }

  @Test
  void aTensorThatNoModelTakesHarmsNobodyUntilItIsAskedFor() throws IOException {
    ByteBuffer bytes = file("{'a':{'dtype':'I64','shape':[1],'data_offsets':[0,8]}}", 8);
    StoredTensor tensor = SafeTensors.read("model.safetensors", bytes).get("a");
    assertThatThrownBy(tensor::values)
        .isInstanceOf(StageFailure.class)
        .hasMessage("model.safetensors: a must have dtype one of [F32, BF16, F16], got 'I64'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'a':{'dtype':'F4','shape':[1],'data_offsets':[0,8]}} | must have dtype one of [F32, BF16, F16], got 'F4'",
        "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}} | fits neither its shape [3] of F32 nor the 8 bytes of the file",
        "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}} | fits neither",
        "{'a':{'dtype':'F32','shape':[2]}} | fits neither",
        "{'a':{'dtype':'F32','shape':2,'data_offsets':[0,8]}} | fits neither",
        "{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}} | fits neither",
        "{'a':{'dtype':'F32','shape':[-2,-1],'data_offsets':[0,8]}} | fits neither",
        "{'a':{'dtype':'F32','shape':[2.5],'data_offsets':[0,8]}} | fits neither",
        "{'a':{'dtype':'F32','shape':[4294967296,4294967298],'data_offsets':[0,8]}} | fits neither",
        "{'a':{'dtype':'F32','shape':[9223372036854775807,2],'data_offsets':[0,8]}} | fits neither",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}} | fits neither",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[-8,0]}} | fits neither",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8,8]}} | fits neither",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | holds 8 bytes of data, and its header names 4",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | a begins at byte 4 of the data, and the tensor before it ends at 0",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | b begins at byte 4 of the data, and the tensor before it ends at 8",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | has a header that is no JSON",
        "[] | has a header that is no JSON object",
        "{} {} | has a header that is no JSON",
        "{'a | has a header that is no JSON"
      })
  void damageIsNamed(String header, String message) {
    ByteBuffer bytes = file(header, 8);
    assertThatThrownBy(() -> SafeTensors.read("model.safetensors", bytes))
        .isInstanceOfSatisfying(
            StageFailure.class,
            e -> assertThat(e.type()).isEqualTo(StageFailure.Type.ARTIFACT_CORRUPT))
        .hasMessageContaining("model.safetensors")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, 1L << 40, Long.MAX_VALUE, 90_000_000})
  void aHeaderLengthIsComparedToTheFileBeforeMemoryIsAskedFor(long length) {
    ByteBuffer bytes = SafeTensors.write(TENSORS).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(0, length);
    assertThatThrownBy(() -> SafeTensors.read("model.safetensors", bytes))
        .isInstanceOf(StageFailure.class)
        .hasMessage(
            "model.safetensors has a header of %d bytes in a file of %d"
                .formatted(length, bytes.remaining()));
  }

  @Test
  void aFileThatIsCutOffIsRefused() {
    int whole = SafeTensors.write(TENSORS).limit();
    for (int length : new int[] {0, 7, 8, 20, whole - 4, whole - 1}) {
      ByteBuffer bytes = SafeTensors.write(TENSORS).limit(length);
      assertThatThrownBy(() -> SafeTensors.read("cut", bytes)).isInstanceOf(StageFailure.class);
    }
  }

  private static ByteBuffer file(String header, int dataBytes) {
    byte[] text = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + text.length + dataBytes);
    file.order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text);
    return file.rewind();
  }
}

package dev.temper.trainers.random;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NamedRandomTest {

  private final NamedRandom random = new NamedRandom(7, "test");

  /** The known answers that come with Random123 (kat_vectors, philox4x32 10). */
  @Test
  void givesTheKnownAnswersOfPhilox() {
    assertThat(NamedRandom.philox(new int[4], 0, 0))
        .containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    assertThat(NamedRandom.philox(new int[] {-1, -1, -1, -1}, -1, -1))
        .containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    assertThat(
            NamedRandom.philox(
                new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0))
        .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
  }

  /** Whatever was drawn once must be drawn again by every later version. */
  @Test
  void makesNumbersOfPhiloxBlocksAsDocumented() throws NoSuchAlgorithmException {
    ByteBuffer name = ByteBuffer.allocate(12).putLong(7).put("test".getBytes(UTF_8));
    ByteBuffer key = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(name.array()));
    int keyA = key.getInt();
    int keyB = key.getInt();
    for (int i = 0; i < 40; i++) {
      long subject = (5L << 32) + i;
      int[] block = NamedRandom.philox(new int[] {9, i, 5, (3 << 16) + 4}, keyA, keyB);
      long first = Integer.toUnsignedLong(block[0]);
      long second = Integer.toUnsignedLong(block[1]);
      double uniform = ((first << 21) | (second >>> 11)) * 0x1p-53;
      assertThat(random.uniformDouble(9, subject, 3, 4)).isEqualTo(uniform);
      assertThat(random.uniform(9, subject, 3, 4)).isEqualTo((first >>> 8) / 16777216f);
      assertThat(random.below(1000, 9, subject, 3, 4)).isEqualTo((int) (uniform * 1000));
      double radius = Math.sqrt(-2 * Math.log((first + 1) / 4294967296.0));
      assertThat(random.gaussian(9, subject, 3, 4))
          .isEqualTo(radius * Math.cos(2 * Math.PI * (second / 4294967296.0)));
    }
  }

  @Test
  void givesTheSameNumberForTheSameName() {
    NamedRandom same = new NamedRandom(7, "test");
    assertThat(same.uniform(1, 2, 3, 4)).isEqualTo(random.uniform(1, 2, 3, 4));
    assertThat(same.uniformDouble(1, 2, 3, 4)).isEqualTo(random.uniformDouble(1, 2, 3, 4));
    assertThat(same.gaussian(1, 2, 3, 4)).isEqualTo(random.gaussian(1, 2, 3, 4));
  }

  @Test
  void givesAnotherNumberWhereAnyPartOfTheNameDiffers() {
    Set<Double> numbers = new HashSet<>();
    numbers.add(random.uniformDouble(1, 2, 3, 4));
    numbers.add(random.uniformDouble(0, 2, 3, 4));
    numbers.add(random.uniformDouble(1, 0, 3, 4));
    numbers.add(random.uniformDouble(1, 2 + (1L << 32), 3, 4));
    numbers.add(random.uniformDouble(1, 2, 0, 4));
    numbers.add(random.uniformDouble(1, 2, 3, 0));
    numbers.add(random.uniformDouble(1, 2, 4, 3));
    numbers.add(new NamedRandom(8, "test").uniformDouble(1, 2, 3, 4));
    numbers.add(new NamedRandom(7, "tests").uniformDouble(1, 2, 3, 4));
    assertThat(numbers).hasSize(9);
  }

  @Test
  void isUniform() {
    assertUniform(i -> random.uniform(i, 0, 0, 0));
    assertUniform(i -> random.uniform(0, i, 0, 0));
    assertUniform(i -> random.uniformDouble(0, 0, i % 1000, i / 1000));
  }

  private static void assertUniform(IntToDoubleFunction number) {
    int draws = 64_000;
    int[] bins = new int[64];
    double sum = 0;
    for (int i = 0; i < draws; i++) {
      double value = number.applyAsDouble(i);
      assertThat(value).isBetween(0.0, Math.nextDown(1.0));
      bins[(int) (value * bins.length)]++;
      sum += value;
    }
    // Five deviations of the mean; the 1e-6 tail of chi-squared with 63 degrees of freedom.
    assertThat(sum / draws).isCloseTo(0.5, within(5 / Math.sqrt(12.0 * draws)));
    double expected = draws / (double) bins.length;
    double chiSquared =
        IntStream.of(bins).mapToDouble(n -> (n - expected) * (n - expected) / expected).sum();
    assertThat(chiSquared).isBetween(20.0, 133.0);
  }

  @Test
  void drawsWholeNumbersBelowABound() {
    int[] counts = new int[3];
    for (int i = 0; i < 30_000; i++) {
      counts[random.below(3, 0, i, 0, 0)]++;
    }
    for (int count : counts) {
      assertThat(count).isBetween(9_600, 10_400);
    }
  }

  @Test
  void drawsNormalNumbers() {
    int draws = 40_000;
    double sum = 0;
    double squares = 0;
    double fourths = 0;
    for (int i = 0; i < draws; i++) {
      double value = random.gaussian(0, i, 0, 0);
      sum += value;
      squares += value * value;
      fourths += value * value * value * value;
    }
    assertThat(sum / draws).isCloseTo(0, within(0.025));
    assertThat(squares / draws).isCloseTo(1, within(0.04));
    assertThat(fourths / draws).isCloseTo(3, within(0.25));
  }

  @Test
  void permutes() {
    assertThat(random.permutation(0, 0)).isEmpty();
    assertThat(random.permutation(1, 0)).containsExactly(0);
    int[] order = random.permutation(100, 3);
    assertThat(order).containsExactlyInAnyOrder(IntStream.range(0, 100).toArray());
    assertThat(order).isEqualTo(random.permutation(100, 3));
    assertThat(order).isNotEqualTo(random.permutation(100, 4));
  }

  /** Fisher-Yates from the inside out, each exchange drawn by its position. */
  @Test
  void permutesByNameAsDocumented() {
    int[] order = IntStream.range(0, 30).toArray();
    for (int i = 0; i < 30; i++) {
      int j = random.below(i + 1, 6, i, 0, 0);
      int swapped = order[j];
      order[j] = order[i];
      order[i] = swapped;
    }
    assertThat(random.permutation(30, 6)).isEqualTo(order);
  }

  @Test
  void permutesUniformly() {
    int[] counts = new int[27];
    for (int step = 0; step < 12_000; step++) {
      int[] order = random.permutation(3, step);
      counts[order[0] * 9 + order[1] * 3 + order[2]]++;
    }
    for (int count : counts) {
      // Each of the 6 orders 2000 times, give or take five deviations.
      assertThat(count == 0 || Math.abs(count - 2_000) < 205).isTrue();
    }
    assertThat(IntStream.of(counts).filter(count -> count > 0).count()).isEqualTo(6);
  }
}

package dev.temper.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SeedsTest {

  @Test
  void areTheFirstBitsOfAHashOfRootAndName() {
    // printf '7/rl' | sha256sum | cut -c1-16, shifted right by 11 bits
    assertThat(Seeds.derive(7, "rl")).isEqualTo(1800574322072100L);
  }

  @Test
  void differByRootAndByNameAndAreExactInADouble() {
    long[] seeds =
        LongStream.range(0, 200)
            .flatMap(root -> LongStream.of(Seeds.derive(root, "a"), Seeds.derive(root, "b")))
            .toArray();

    assertThat(LongStream.of(seeds).distinct().count()).isEqualTo(400);
    assertThat(LongStream.of(seeds)).allMatch(seed -> seed >= 0 && seed <= Seeds.MAXIMUM);
    assertThat(LongStream.of(seeds)).allMatch(seed -> (long) (double) seed == seed);
  }
}

package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Numbers that a stage kind gave when its numerics version was last raised. Compared to 1e-4
 * relative, since the last bits differ between kinds of processors.
 */
final class GoldenSeries {

  private GoldenSeries() {}

  /** Compares with the resource {@code golden/<name>.txt}, one number a line. */
  static void check(String name, List<Double> series) throws IOException {
    List<Double> golden = read(name);
    String message =
        "%s changed: bump the numerics version of this kind in Stages, then store %s as golden/%s.txt"
            .formatted(name, series, name);
    assertThat(series).as(message).hasSameSizeAs(golden);
    for (int i = 0; i < golden.size(); i++) {
      assertThat(series.get(i))
          .as(message)
          .isCloseTo(golden.get(i), within(1e-4 * Math.abs(golden.get(i))));
    }
  }

  private static List<Double> read(String name) throws IOException {
    try (InputStream resource =
        GoldenSeries.class.getResourceAsStream("/golden/" + name + ".txt")) {
      if (resource == null) {
        return List.of();
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank())
          .map(Double::valueOf)
          .toList();
    }
  }
}

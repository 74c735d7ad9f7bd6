package dev.temper.infra.s3;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes local copies that nobody has used for a while, so that a worker's disk does not fill up.
 *
 * <p>What is deleted too early is fetched again. The time of the last use is that of the last
 * change of an artifact's, a stage's checkpoints' or a data file's own entry.
 */
final class UnusedCopies {

  private static final Logger log = LoggerFactory.getLogger(UnusedCopies.class);

  static final String VARIABLE = "TEMPER_CACHE_DAYS";

  private static final int DAYS = 30;
  private static final Duration BETWEEN = Duration.ofDays(1);

  private final LocalCopies copies;
  private final Duration longest;
  private final InstantSource clock;
  private Instant next = Instant.MIN;

  UnusedCopies(LocalCopies copies, Duration longest, InstantSource clock) {
    this.copies = copies;
    this.longest = longest;
    this.clock = clock;
  }

  /**
   * How long an unused copy is kept.
   *
   * @throws IllegalArgumentException if {@value #VARIABLE} is no whole number of days
   */
  static Duration longest(Map<String, String> environment) {
    String days = environment.getOrDefault(VARIABLE, "");
    if (days.isEmpty()) {
      return Duration.ofDays(DAYS);
    }
    if (!days.matches("[1-9][0-9]{0,4}")) {
      throw new IllegalArgumentException(
          "%s must be a whole number of days, at least 1, got '%s'".formatted(VARIABLE, days));
    }
    return Duration.ofDays(Integer.parseInt(days));
  }

  /** Notes that a copy is about to be used; at most once a day this deletes others. */
  void use(Path copy) throws IOException {
    if (Files.exists(copy)) {
      try {
        Files.setLastModifiedTime(copy, FileTime.from(clock.instant()));
      } catch (NoSuchFileException e) {
        // deleted by another process: it is fetched again
      }
    }
    if (isTime()) {
      for (Path folder : copies.folders()) {
        sweep(folder);
      }
    }
  }

  private synchronized boolean isTime() {
    boolean now = !clock.instant().isBefore(next);
    if (now) {
      next = clock.instant().plus(BETWEEN);
    }
    return now;
  }

  private void sweep(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    Instant oldest = clock.instant().minus(longest);
    List<Path> all;
    try (Stream<Path> listed = Files.list(folder)) {
      all = listed.toList();
    }
    for (Path copy : all) {
      try {
        if (Files.getLastModifiedTime(copy).toInstant().isBefore(oldest)) {
          LocalCopies.delete(copy);
          log.info("copy deleted, unused for {} days: {}", longest.toDays(), copy);
        }
      } catch (IOException e) {
        // Whoever asked for another copy is not to fail for it.
        log.warn("copy not deleted: {} reason={}", copy, e.toString());
      }
    }
  }
}

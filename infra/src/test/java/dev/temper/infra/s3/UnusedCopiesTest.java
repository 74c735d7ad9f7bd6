package dev.temper.infra.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnusedCopiesTest {

  @TempDir Path root;

  private LocalCopies copies;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  @BeforeEach
  void aCache() {
    copies = new LocalCopies(root);
  }

  @Test
  void whatNobodyUsedForSoLongIsDeletedAndTheRestStays() throws Exception {
    Path old = copy(copies.files("old", "c").resolve("model.safetensors"), copies.artifact("old"));
    Path used = copy(copies.data("used"), copies.data("used"));
    Path saved = copy(copies.chunks("key").resolve("chunk"), copies.checkpoints("key"));
    UnusedCopies unused = new UnusedCopies(copies, Duration.ofDays(10), () -> now);
    now = now.plus(Duration.ofDays(9));
    unused.use(copies.data("used"));
    now = now.plus(Duration.ofDays(2));
    unused.use(copies.checkpoints("key"));
    assertThat(old).doesNotExist();
    assertThat(copies.artifact("old")).doesNotExist();
    assertThat(used).exists();
    assertThat(saved).exists();
  }

  @Test
  void theCacheIsLookedThroughAtMostOnceADay() throws Exception {
    UnusedCopies unused = new UnusedCopies(copies, Duration.ofDays(10), () -> now);
    now = now.plus(Duration.ofDays(20));
    unused.use(copies.data("other"));
    Path late = copy(copies.data("late"), copies.data("late"));
    Files.setLastModifiedTime(late, FileTime.from(Instant.EPOCH));
    now = now.plus(Duration.ofHours(23));
    unused.use(copies.data("other"));
    assertThat(late).exists();
    now = now.plus(Duration.ofHours(1));
    unused.use(copies.data("other"));
    assertThat(late).doesNotExist();
  }

  @Test
  void aNumberOfDaysThatIsNoneIsRefused() {
    assertThat(UnusedCopies.longest(Map.of())).isEqualTo(Duration.ofDays(30));
    assertThat(UnusedCopies.longest(Map.of("TEMPER_CACHE_DAYS", "7")))
        .isEqualTo(Duration.ofDays(7));
    assertThatThrownBy(() -> UnusedCopies.longest(Map.of("TEMPER_CACHE_DAYS", "0")))
        .hasMessage("TEMPER_CACHE_DAYS must be a whole number of days, at least 1, got '0'");
  }

  private Path copy(Path file, Path entry) throws Exception {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "bytes");
    Files.setLastModifiedTime(entry, FileTime.from(now));
    return file;
  }
}

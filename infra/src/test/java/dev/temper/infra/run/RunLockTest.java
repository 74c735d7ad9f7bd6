package dev.temper.infra.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {

  @TempDir Path home;

  @Test
  void theSecondOwnerIsToldWhoTheFirstIs() throws IOException {
    RunFolder folder = new Home(home).run("busy");
    try (RunLock first = folder.lock()) {
      assertThat(first).isNotNull();
      assertThatThrownBy(folder::lock)
          .isInstanceOf(RunInUseException.class)
          .hasMessageContaining("busy")
          .hasMessageContaining("process " + ProcessHandle.current().pid())
          .hasMessageContaining("nothing was changed");
    }
  }

  @Test
  void aLockThatWasGivenBackCanBeTaken() throws IOException {
    RunFolder folder = new Home(home).run("busy");
    folder.lock().close();

    folder.lock().close();

    assertThat(folder.inUse()).isFalse();
  }

  @Test
  void anotherProcessSeesTheLockAndLosesItWithItsLife() throws Exception {
    RunFolder folder = new Home(home).run("busy");
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LockHolder.class.getName(),
                folder.path().toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(holder.inputReader().readLine()).isEqualTo("locked");
      assertThat(folder.inUse()).isTrue();
      assertThatThrownBy(folder::lock)
          .isInstanceOf(RunInUseException.class)
          .hasMessageContaining("process " + holder.pid());
      String before = Files.readString(folder.path().resolve("lock.holder"));
      assertThat(before).contains(Long.toString(holder.pid()));
    } finally {
      holder.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }

    assertThat(folder.inUse()).isFalse();
    folder.lock().close();
  }

  /** Takes a lock and keeps it until it is killed. */
  static final class LockHolder {
    private LockHolder() {}

    public static void main(String[] arguments) throws Exception {
      try (RunLock lock = RunLock.take(Path.of(arguments[0]))) {
        System.out.println(lock == null ? "" : "locked");
        Thread.sleep(Long.MAX_VALUE);
      }
    }
  }
}

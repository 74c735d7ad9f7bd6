package dev.temper.infra.cli;

import dev.temper.activities.StageFailpoints;
import dev.temper.infra.Wiring;
import dev.temper.recipes.SftSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Temper in a process of its own whose stages compute nothing; those of fine-tuning come to no end
 * while a file is there, the first argument.
 */
public final class HeldWorker {

  private HeldWorker() {}

  public static void main(String[] arguments) {
    FakeStages stages = new FakeStages(10_000, Duration.ofMillis(20));
    stages.hold(SftSpec.class);
    Thread watch = new Thread(() -> releaseWithout(Path.of(arguments[0]), stages));
    watch.setDaemon(true);
    watch.start();
    CommandLineRunner.execute(
        Surroundings.ofProcess(),
        () -> new Wiring("test", stages, StageFailpoints.NONE),
        Arrays.copyOfRange(arguments, 1, arguments.length));
  }

  private static void releaseWithout(Path file, FakeStages stages) {
    try {
      while (Files.exists(file)) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
      stages.release();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

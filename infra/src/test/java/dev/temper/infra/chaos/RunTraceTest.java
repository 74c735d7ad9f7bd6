package dev.temper.infra.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTraceTest {

  @TempDir Path home;

  @BeforeEach
  void aRunWithCheckpointsBySteps() throws Exception {
    Path run = home.resolve("runs").resolve("tiny");
    for (String stage : new String[] {"by-steps", "by-time"}) {
      Path folder = Files.createDirectories(run.resolve("stages").resolve(stage));
      // Padded, since the line is written again and again while the attempt goes on.
      Files.writeString(
          folder.resolve("attempts.jsonl"),
          """
          {"attempt":1,"resumedFromStep":0,"executedSteps":47    ,"committedStep":0,"loopMicros":4981921   }
          """);
    }
    Files.writeString(
        run.resolve("recipe.yaml"),
        "{stages: {by-steps: {checkpointEverySteps: 42}, by-time: {checkpointEverySteps: 0}}}");
  }

  @Test
  void stepsCountWhereCheckpointsAreMadeBySteps() throws Exception {
    RunTrace trace = RunTrace.of(home);
    RunTrace.Attempt attempt = trace.attempts("by-steps").get(0);
    assertThat(trace.isTooMuch("by-steps", attempt, 42)).isFalse();
    assertThat(trace.isTooMuch("by-steps", attempt, 43)).isTrue();
  }

  @Test
  void theAttemptsOwnTimeCountsWhereCheckpointsAreMadeByTime() throws Exception {
    RunTrace trace = RunTrace.of(home);
    RunTrace.Attempt attempt = trace.attempts("by-time").get(0);
    assertThat(attempt.reached()).isEqualTo(47);
    assertThat(trace.isTooMuch("by-time", attempt, 47)).isFalse();
    // 47 steps in 4.98 s: 10 s have room for 94.3 of them.
    assertThat(trace.isTooMuch("by-time", attempt, 95)).isFalse();
    assertThat(trace.isTooMuch("by-time", attempt, 96)).isTrue();
  }
}

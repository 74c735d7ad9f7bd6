package dev.temper.infra.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlowPlanTest {

  private static final Set<String> MOMENTS =
      Set.of(
          "artifact.file",
          "checkpoint.file",
          "optimizer-step.inside",
          "rollout.inside",
          "stage.restored",
          "stage.step",
          "tracker.after-batch",
          "workflow-task.begin");

  @TempDir Path home;

  @BeforeEach
  void aCleanRunOfTwoKinds() throws Exception {
    Path run = Files.createDirectories(home.resolve("runs").resolve("tiny"));
    Files.writeString(
        run.resolve("run.json"),
        """
        {"recipe": "tiny", "stages": [
          {"name": "sft", "kind": "sft", "status": "finished", "steps": 90, "seconds": 9},
          {"name": "rl", "kind": "rl", "status": "finished", "steps": 90, "seconds": 9}]}
        """);
    Files.writeString(
        run.resolve("recipe.yaml"),
        "{stages: {sft: {checkpointEverySteps: 5}, rl: {checkpointEverySteps: 5}}}");
    Files.write(
        home.resolve("moment.reached"),
        List.of(
            "stage.restored:sft",
            "checkpoint.file:sft",
            "stage.step:sft",
            "optimizer-step.inside:sft:often",
            "rollout.inside:rl:often",
            "artifact.file:rl",
            "workflow-task.begin:",
            "tracker.after-batch:"));
  }

  @Test
  void everyMomentIsPlannedBeforeTheFirstKillAtARandomTimeWhereHalfOfTheKillsSuffice()
      throws Exception {
    List<Deque<Blow>> runs = plan().runs(30, 100);
    int named = 0;
    while (runs.get(named).stream().allMatch(Blow::isNamed)) {
      named++;
    }
    assertThat(
            runs.subList(0, named).stream()
                .flatMap(Deque::stream)
                .map(Blow::moment)
                .collect(Collectors.toSet()))
        .isEqualTo(MOMENTS);
    assertThat(runs.stream().mapToInt(Deque::size).sum()).isEqualTo(30);
    assertThat(runs.stream().flatMap(Deque::stream).filter(blow -> !blow.isNamed()).count())
        .isGreaterThanOrEqualTo(15);
  }

  @Test
  void noMoreThanHalfOfTheKillsAreSpentOnMomentsFirst() throws Exception {
    List<Deque<Blow>> runs = plan().runs(6, 100);
    assertThat(runs).hasSize(2);
    assertThat(runs.get(0)).allMatch(Blow::isNamed);
    assertThat(runs.get(1)).noneMatch(Blow::isNamed);
  }

  private BlowPlan plan() throws Exception {
    return new BlowPlan(RunTrace.of(home), EnumSet.allOf(Target.class), new Random(1));
  }
}

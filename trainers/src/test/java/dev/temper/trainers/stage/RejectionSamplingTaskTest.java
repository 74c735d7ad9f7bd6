package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.Input;
import dev.temper.recipes.Method;
import dev.temper.recipes.RejectionSamplingSpec;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.DataSources;
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.data.Row;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RejectionSamplingTaskTest {

  @TempDir Path folder;
  private TinyStages stages;

  @BeforeEach
  void open() {
    stages = new TinyStages(folder, 1);
    stages.offer("rollouts", folder);
  }

  @AfterEach
  void close() {
    stages.close();
  }

  @Test
  void keepsTheHighestScoreOfEveryPrompt() throws IOException {
    rollouts(
        row(1, 0, 0.5, true, 0),
        row(1, 1, 2.0, true, 1),
        row(2, 0, -1, true, 0),
        row(2, 1, -3, true, 0));

    StageTester.Run run = run("top-per-prompt", Optional.empty(), true);

    assertThat(kept(run)).containsExactly("1/1", "2/0");
  }

  @Test
  void whatDidNotEndIsLeftOutOnlyIfAsked() throws IOException {
    rollouts(row(1, 0, 0.5, true, 0), row(1, 1, 2.0, false, 1));

    assertThat(kept(run("top-per-prompt", Optional.empty(), true))).containsExactly("1/0");
    assertThat(kept(run("top-per-prompt", Optional.empty(), false))).containsExactly("1/1");
  }

  @Test
  void keepsTheHighestScoresOverall() throws IOException {
    rollouts(
        row(1, 0, 5, true, 0), row(1, 1, 4, true, 0), row(2, 0, 1, true, 0), row(2, 1, 2, true, 0));

    assertThat(kept(run("top-k-overall", Optional.of(3), true)))
        .containsExactlyInAnyOrder("1/0", "1/1", "2/1");
  }

  @Test
  void aRandomControlKeepsAsMany() throws IOException {
    rollouts(
        row(1, 0, 5, true, 0), row(1, 1, 4, true, 0), row(2, 0, 1, true, 0), row(2, 1, 2, true, 0));

    assertThat(kept(run("random-per-prompt", Optional.empty(), true))).hasSize(2);
    assertThat(kept(run("random-k-overall", Optional.of(3), true))).hasSize(3);
  }

  @Test
  void hitRatesLookAtPromptsWhereGoldDecides() throws IOException {
    rollouts(
        // The score finds the better one.
        row(1, 0, 0, true, 0),
        row(1, 1, 1, true, 1),
        // The score is wrong.
        row(2, 0, 1, true, 0),
        row(2, 1, 0, true, 1),
        // All equally good: nothing to decide.
        row(3, 0, 1, true, 0.3),
        row(3, 1, 0, true, 0.3),
        // One of two is right either way.
        row(4, 0, 3, true, 2),
        row(4, 1, 0, true, -1));

    Map<String, Double> summary = run("top-per-prompt", Optional.empty(), true).output().summary();

    assertThat(summary)
        .containsEntry("selection/decidable_fraction", 0.75)
        .containsEntry("selection/hit_rate", 2 / 3.0)
        .containsEntry("selection/random_hit_rate", 0.5)
        .containsEntry("selection/candidates", 8.0)
        .containsEntry("selection/selected", 4.0);
  }

  @Test
  void aLaterStageReadsTheTokensAsTheyWereSampled() throws IOException {
    rollouts(row(1, 0, 0.5, true, 0));

    stages.run("selected", spec("top-per-prompt", Optional.empty(), true));

    FolderInputs inputs = new FolderInputs(Map.of("rs", folder.resolve("selected")), folder);
    List<Row> rows = new DataSources(inputs).rows(new DataSource.Stage(Input.parse("rs")));
    assertThat(rows).hasSize(1);
    assertThat(rows.get(0).tokens().orElseThrow()).containsExactly(7, 0);
    assertThat(rows.get(0).prompt()).isEqualTo(new Prompt("prompt 1", Map.of("topic", "tea"), 1));
  }

  @Test
  void nothingToSelectIsAFailureThatIsNotRetried() throws IOException {
    rollouts(row(1, 0, 0.5, false, 0));

    assertThatThrownBy(() -> run("top-per-prompt", Optional.empty(), true))
        .asInstanceOf(InstanceOfAssertFactories.type(StageFailure.class))
        .extracting(StageFailure::type)
        .isEqualTo(StageFailure.Type.DATA_CONTRACT);
  }

  @Test
  void aRestartAtAnyStepChangesNoBit() throws IOException {
    rollouts(row(1, 0, 0.5, true, 0), row(1, 1, 2.0, true, 1));
    StageTester tester = stages.tester(spec("random-per-prompt", Optional.empty(), true));

    assertThat(tester.restartedEverywhere().differencesFrom(tester.clean())).isEmpty();
  }

  private StageTester.Run run(String select, Optional<Integer> k, boolean requireEnd)
      throws IOException {
    return stages.tester(spec(select, k, requireEnd)).clean();
  }

  private static RejectionSamplingSpec spec(
      String select, Optional<Integer> k, boolean requireEnd) {
    return new RejectionSamplingSpec(
        Input.parse("rollouts"),
        new Method(select, Map.of()),
        k,
        requireEnd,
        TinySpecs.SEED,
        TinySpecs.NUMERICS);
  }

  private void rollouts(RolloutRow... rows) throws IOException {
    Files.write(folder.resolve(RolloutRow.FILE), JsonLines.write(List.of(rows)).array());
  }

  private static RolloutRow row(long prompt, int sample, double score, boolean ended, double gold) {
    return new RolloutRow(
        "prompt " + prompt,
        Map.of("topic", "tea"),
        prompt,
        new int[] {0, 9},
        sample,
        new int[] {7, 0},
        "text",
        ended,
        Optional.of(-1.0),
        score,
        Optional.of(gold),
        Optional.empty());
  }

  private static List<String> kept(StageTester.Run run) {
    return JsonLines.read(
            ByteBuffer.wrap(run.content().get("completions.jsonl")), "file", RolloutRow.class)
        .stream()
        .map(row -> row.promptId() + "/" + row.sample())
        .toList();
  }
}

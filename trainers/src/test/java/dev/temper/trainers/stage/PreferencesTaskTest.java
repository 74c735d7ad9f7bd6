package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreferencesTaskTest {

  private static final Map<String, Integer> SPLIT = Map.of("train", 10, "heldout", 8, "test", 9);

  @TempDir static Path made;
  @TempDir Path folder;
  private TinyStages stages;

  @BeforeAll
  static void pretrain() throws IOException {
    try (TinyStages stages = new TinyStages(made, 2)) {
      stages.run("base", TinySpecs.pretrain(2));
    }
  }

  @BeforeEach
  void open() {
    stages = new TinyStages(folder, 2);
    stages.offer("base", made.resolve("base"));
  }

  @AfterEach
  void close() {
    stages.close();
  }

  @Test
  void everySplitHasItsSizeAndNoPromptIsInTwo() throws IOException {
    StageTester.Run run = run(2, 0.7, 0);

    Set<String> seen = new HashSet<>();
    for (Map.Entry<String, Integer> split : SPLIT.entrySet()) {
      List<PairRow> pairs = pairs(run, split.getKey());
      assertThat(pairs).hasSize(split.getValue());
      Set<String> prompts = new HashSet<>(pairs.stream().map(PairRow::prompt).toList());
      assertThat(seen).doesNotContainAnyElementsOf(prompts);
      seen.addAll(prompts);
    }
    assertThat(run.output().outputs())
        .containsOnly(
            Map.entry("train", "train"),
            Map.entry("heldout", "heldout"),
            Map.entry("test", "test"));
  }

  @Test
  void anAnnotatorWithoutNoiseAgreesWithGold() throws IOException {
    StageTester.Run run = run(2, 0, 0);

    assertThat(run.output().summary()).containsEntry("preferences/agreement", 1.0);
    assertThat(pairs(run, "train"))
        .allMatch(pair -> pair.goldChosen().orElseThrow() >= pair.goldRejected().orElseThrow());
  }

  @Test
  void aWideTieBandMakesEveryPairATieThatIsKept() throws IOException {
    StageTester.Run run = run(2, 0.7, 1000);

    assertThat(pairs(run, "test")).hasSize(9).allMatch(PairRow::tie);
    assertThat(run.output().summary())
        .containsEntry("preferences/ties", 27.0)
        .doesNotContainKey("preferences/agreement");
  }

  @Test
  void fourCompletionsGiveTwoDisjointPairs() throws IOException {
    StageTester.Run run = run(4, 0.7, 0);

    List<PairRow> pairs = pairs(run, "heldout");
    assertThat(pairs).hasSize(8);
    assertThat(pairs.get(0).prompt()).isEqualTo(pairs.get(1).prompt());
    assertThat(pairs.stream().map(PairRow::prompt).distinct()).hasSize(4);
  }

  @Test
  void tokensAndTextsOfAPairBelongTogether() throws IOException {
    StageTester.Run run = run(2, 0.7, 0);

    for (PairRow pair : pairs(run, "train")) {
      assertThat(pair.promptTokens()).isNotEmpty();
      assertThat(pair.chosen().length).isBetween(1, TinySpecs.SAMPLING.maxCompletionTokens());
      assertThat(pair.facts()).containsKey("topic");
    }
    assertThat(run.attachments()).containsKey(SampleLine.FILE);
  }

  @Test
  void aRestartAtAnyStepChangesNoBit() throws IOException {
    StageTester tester =
        stages.tester(TinySpecs.preferences(30, 2, TinySpecs.labeller(0.7, 0), SPLIT));

    StageTester.Run clean = tester.clean();
    assertThat(clean.metrics()).hasSizeGreaterThan(2);
    assertThat(tester.restartedEverywhere().differencesFrom(clean)).isEmpty();
  }

  @Test
  void oneThreadAndTwoGiveTheSameBits() throws IOException {
    StageTester.Run two = run(2, 0.7, 0);
    try (TinyStages single = new TinyStages(folder, 1)) {
      single.offer("base", made.resolve("base"));
      assertThat(
              single
                  .tester(TinySpecs.preferences(30, 2, TinySpecs.labeller(0.7, 0), SPLIT))
                  .clean()
                  .differencesFrom(two))
          .isEmpty();
    }
  }

  @Test
  void refusesTooFewPromptsBeforeSampling() {
    assertThatThrownBy(
            () ->
                stages
                    .tester(TinySpecs.preferences(20, 2, TinySpecs.labeller(0.7, 0), SPLIT))
                    .clean())
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("needs 27 different prompts")
        .hasMessageContaining("got 20");
  }

  @Test
  void givesTheGoldenSeries() throws IOException {
    GoldenSeries.check("preferences", run(2, 0.7, 0).series("preferences/gold"));
  }

  private StageTester.Run run(int completions, double noise, double tieBand) throws IOException {
    return stages
        .tester(TinySpecs.preferences(30, completions, TinySpecs.labeller(noise, tieBand), SPLIT))
        .clean();
  }

  private static List<PairRow> pairs(StageTester.Run run, String split) {
    return JsonLines.read(
        ByteBuffer.wrap(run.content().get(split + "/pairs.jsonl")), "pairs.jsonl", PairRow.class);
  }
}

package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.Input;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.data.Row;
import dev.temper.trainers.data.RowSet;
import dev.temper.trainers.data.raw.Message;
import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.text.ChatFormat;
import dev.temper.trainers.text.Tokenizer;
import dev.temper.trainers.text.Turns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisedFineTuningTest {

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
  void lossFallsOnTrainingAndHeldOutRows() throws IOException {
    StageTester.Run run =
        stages.tester(TinySpecs.sft(TinySpecs.demonstrations(16), 1, Optional.of(20))).clean();

    assertThat(run.series("train/loss")).hasSize(20);
    assertThat(run.output().summary().get("train/loss"))
        .isLessThan(run.series("train/loss").get(0) - 0.5);
    assertThat(run.output().summary().get("eval/heldout_loss"))
        .isLessThan(run.output().summary().get("eval/heldout_loss_start"));
  }

  @Test
  void theLossIsTheMeanOverAllTrainedTokensHoweverTheBatchIsCut() throws IOException {
    DataSource rows = TinySpecs.demonstrations(8);

    StageTester.Run run =
        stages
            .tester(TinySpecs.withHeldout(TinySpecs.sft(rows, 1, Optional.empty()), rows))
            .clean();

    // The batch is all rows, in micro-batches of three, three and two.
    assertThat(run.series("train/loss")).hasSize(1);
    assertThat(run.series("train/loss").get(0))
        .isCloseTo(run.series("eval/heldout_loss_start").get(0), within(1e-5));
  }

  @Test
  void epochsCountEveryRowOnceAndStepsWinOverThem() throws IOException {
    DataSource data = TinySpecs.demonstrations(10);

    assertThat(stages.tester(TinySpecs.sft(data, 1, Optional.empty())).clean().metrics())
        .hasSize(2);
    assertThat(stages.tester(TinySpecs.sft(data, 1, Optional.of(3))).clean().metrics()).hasSize(3);
  }

  @Test
  void aRestartAtAnyStepChangesNoBit() throws IOException {
    StageTester tester =
        stages.tester(TinySpecs.sft(TinySpecs.demonstrations(10), 2, Optional.empty()));

    assertThat(tester.restartedEverywhere().differencesFrom(tester.clean())).isEmpty();
  }

  @Test
  void aLossThatIsNotFiniteStopsBeforeTheUpdateAndShowsTheBatch() throws IOException {
    stages.offer("base", TinyModels.poisoned(made.resolve("base"), folder.resolve("poisoned")));

    StageTester.Failed failed =
        stages.tester(TinySpecs.sft(TinySpecs.demonstrations(16), 1, Optional.of(3))).failed();

    assertThat(failed.failure().type()).isEqualTo(StageFailure.Type.TRAINING_DIVERGED);
    assertThat(failed.changedWeights()).isEmpty();
    assertThat(failed.step().step()).isEqualTo(1);
    assertThat(failed.step().optimizerStep()).hasValue(1L);
    assertThat(failed.step().learningRate().orElseThrow()).isPositive();
    assertThat(failed.step().message()).contains("loss NaN");
    List<SequenceLine> batch = failed.batch(SequenceLine.class);
    assertThat(batch).extracting(SequenceLine::microBatch).containsExactly(0, 0, 0, 1, 1, 1, 2, 2);
    assertThat(batch)
        .allSatisfy(
            line -> {
              assertThat(line.prompt()).isNotBlank();
              assertThat(line.promptTokens()).isNotEmpty();
              assertThat(line.tokens()).isNotEmpty();
              assertThat(line.text()).isNotBlank();
            });
  }

  @Test
  void aForgottenOptimizerStateShows() throws IOException {
    StageTester tester =
        stages.tester(TinySpecs.sft(TinySpecs.demonstrations(10), 1, Optional.of(3)));
    StageTester.Run clean = tester.clean();

    for (String path : tester.checkpointPaths()) {
      if (path.startsWith("optimizer/")) {
        assertThat(tester.restartedWithStale(path, 2).differencesFrom(clean)).as(path).isNotEmpty();
      }
    }
  }

  @Test
  void oneThreadAndTwoGiveTheSameBits() throws IOException {
    DataSource data = TinySpecs.demonstrations(10);
    StageTester.Run two = stages.tester(TinySpecs.sft(data, 1, Optional.empty())).clean();
    try (TinyStages single = new TinyStages(folder, 1)) {
      single.offer("base", made.resolve("base"));
      assertThat(
              single.tester(TinySpecs.sft(data, 1, Optional.empty())).clean().differencesFrom(two))
          .isEmpty();
    }
  }

  @Test
  void trainsTheEndOfTurnAndNoTokenOfThePrompt() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.load(made.resolve("base"))) {
      ChatFormat format = new ChatFormat(tokenizer);
      Prompt prompt = new Prompt("Write a kind note about the tea.", Map.of("topic", "tea"), 1);

      SupervisedFineTuning.Fit fit =
          SupervisedFineTuning.Fit.of(
              rows(new Row(prompt, "The tea was lovely.", Optional.empty())), all(format), 128);

      Sequence sequence = fit.sequences().get(0);
      assertThat(sequence.prompt()).isEqualTo(format.prompt(prompt));
      assertThat(sequence.prompt()[0]).isEqualTo(tokenizer.bosId());
      assertThat(sequence.completion()).endsWith(tokenizer.eosId());
      assertThat(tokenizer.decode(sequence.completion())).isEqualTo("The tea was lovely.");
    }
  }

  @Test
  void tokensOfAnotherStageAreTrainedAsTheyAre() throws IOException {
    Path selected = Files.createDirectories(folder.resolve("selected"));
    Files.writeString(
        selected.resolve("completions.jsonl"),
        """
        {"prompt":"Write a kind note about the tea.","facts":{"topic":"tea"},"promptId":5,"tokens":[9,8,1],"text":"x","ended":true}
        """);
    stages.offer("selected", selected);

    StageTester.Run run =
        stages
            .tester(
                TinySpecs.sft(new DataSource.Stage(Input.parse("selected")), 1, Optional.empty()))
            .clean();

    assertThat(run.series("train/tokens")).containsExactly(3.0);
  }

  @Test
  void rowsWithoutATokenToTrainAreDroppedAndCounted() throws IOException {
    Files.writeString(
        folder.resolve("rows.jsonl"),
        """
        {"prompt":"Say tea.","completion":""}
        {"prompt":"Say tea.","completion":"tea."}
        """);

    StageTester.Run run =
        stages
            .tester(TinySpecs.sft(new DataSource.File("rows.jsonl", "", 0), 1, Optional.empty()))
            .clean();

    assertThat(run.output().summary())
        .containsEntry("data/dropped_rows", 1.0)
        .containsEntry("data/rows", 1.0);
  }

  @Test
  void refusesRowsThatAllLeaveNothingToTrain() throws IOException {
    Files.writeString(
        folder.resolve("rows.jsonl"), "{\"prompt\":\"Say tea.\",\"completion\":\"\"}\n");

    assertThatThrownBy(
            () ->
                stages
                    .tester(
                        TinySpecs.sft(
                            new DataSource.File("rows.jsonl", "", 0), 1, Optional.empty()))
                    .clean())
        .isInstanceOf(StageFailure.class)
        .extracting(e -> ((StageFailure) e).type())
        .isEqualTo(StageFailure.Type.DATA_CONTRACT);
  }

  @Test
  void completionsAreCutWhereTheModelHasNoMorePositions() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.load(made.resolve("base"))) {
      ChatFormat format = new ChatFormat(tokenizer);
      Prompt prompt = new Prompt("Write a kind note about the tea.", Map.of("topic", "tea"), 1);
      Row row = new Row(prompt, "The tea was lovely.", Optional.empty());
      int promptTokens = format.prompt(prompt).length;

      SupervisedFineTuning.Fit cut =
          SupervisedFineTuning.Fit.of(rows(row), all(format), promptTokens + 2);
      SupervisedFineTuning.Fit none =
          SupervisedFineTuning.Fit.of(rows(row), all(format), promptTokens);

      assertThat(cut.truncated()).isEqualTo(1);
      assertThat(cut.sequences().get(0).completion()).hasSize(2);
      assertThat(none.dropped()).isEqualTo(1);
    }
  }

  @Test
  void unrolledTurnsAreSequencesOfTheirOwnHeldOrMadeAgain() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.load(made.resolve("base"))) {
      ChatFormat format = new ChatFormat(tokenizer);
      Row row =
          new Row(
              new Prompt(
                  "a transcript",
                  Map.of(),
                  1,
                  List.of(
                      new Message("user", "Say tea."),
                      new Message("assistant", "tea."),
                      new Message("user", "Say soup."))),
              "soup.",
              Optional.empty());
      Function<Row, List<Sequence>> unrolled = any -> format.sequences(any, Turns.UNROLLED);

      List<Sequence> held = SupervisedFineTuning.Fit.of(rows(row, row), unrolled, 128).sequences();
      List<Sequence> madeAgain =
          SupervisedFineTuning.Fit.of(
                  new RowSet(List.of(row, row), 0, 0, Map.of(), true), unrolled, 128)
              .sequences();
      List<Sequence> together =
          SupervisedFineTuning.Fit.of(rows(row), all(format), 128).sequences();

      assertThat(held)
          .extracting(sequence -> tokenizer.decode(sequence.completion()))
          .containsExactly("tea.", "soup.", "tea.", "soup.");
      assertThat(madeAgain).usingRecursiveComparison().isEqualTo(held);
      assertThat(together).hasSize(1);
      assertThat(together.get(0).trainedTokens())
          .isEqualTo(held.get(0).trainedTokens() + held.get(1).trainedTokens());
    }
  }

  private static Function<Row, List<Sequence>> all(ChatFormat format) {
    return row -> format.sequences(row, Turns.ALL);
  }

  private static RowSet rows(Row... rows) {
    return new RowSet(List.of(rows), 0, 0);
  }

  @Test
  void givesTheGoldenSeries() throws IOException {
    GoldenSeries.check(
        "sft",
        stages
            .tester(TinySpecs.sft(TinySpecs.demonstrations(10), 2, Optional.empty()))
            .clean()
            .series("train/loss"));
  }
}

package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainingTest {

  @TempDir Path folder;
  private TinyStages stages;

  @BeforeEach
  void open() {
    stages = new TinyStages(folder, 2);
  }

  @AfterEach
  void close() {
    stages.close();
  }

  @Test
  void lossFallsAndEverythingDueIsReported() throws IOException {
    StageTester.Run run = stages.tester(TinySpecs.pretrain(20)).clean();

    List<Double> loss = run.series("train/loss");
    assertThat(loss).hasSize(20);
    assertThat(loss.get(19)).isLessThan(loss.get(0) - 0.5);
    assertThat(run.series("eval/heldout_loss_start")).hasSize(1);
    assertThat(run.series("eval/heldout_loss")).hasSize(10);
    assertThat(run.output().summary().get("eval/heldout_loss"))
        .isLessThan(run.output().summary().get("eval/heldout_loss_start") - 0.5);
    assertThat(run.metrics().get(0))
        .containsKeys("data/documents", "train/gradient_norm", "train/learning_rate");
    assertThat(run.series("train/tokens")).isSorted();
  }

  @Test
  void showsThePanelBeforeDuringAndAfter() throws IOException {
    StageTester.Run run = stages.tester(TinySpecs.pretrain(3)).clean();

    List<SampleLine> samples =
        JsonLines.read(
            ByteBuffer.wrap(run.attachments().get(SampleLine.FILE)),
            SampleLine.FILE,
            SampleLine.class);
    assertThat(samples)
        .extracting(SampleLine::step)
        .containsExactly(0L, 0L, 0L, 2L, 2L, 2L, 3L, 3L, 3L);
    assertThat(samples).extracting(SampleLine::gold).allMatch(Optional::isPresent);
    assertThat(run.output().summary())
        .containsKeys("samples/termination_start", "samples/termination", "samples/gold");
  }

  @Test
  void writesAModelThatOthersCanLoad() throws IOException {
    StageTester.Run run = stages.tester(TinySpecs.pretrain(1)).clean();

    assertThat(run.content().keySet())
        .contains("config.json", "generation_config.json", "model.safetensors", "tokenizer.json");
    assertThat(new String(run.content().get("config.json"), StandardCharsets.UTF_8))
        .contains("LlamaForCausalLM");
    assertThat(run.output().outputs()).containsEntry("", "");
  }

  @Test
  void aRestartAtAnyStepChangesNoBit() throws IOException {
    StageTester tester = stages.tester(TinySpecs.pretrain(4));

    assertThat(tester.restartedEverywhere().differencesFrom(tester.clean())).isEmpty();
  }

  @Test
  void aStateThatIsNotSavedShows() throws IOException {
    StageTester tester = stages.tester(TinySpecs.pretrain(4));
    StageTester.Run clean = tester.clean();

    assertThat(tester.restartedWithStale("policy/model.safetensors", 2).differencesFrom(clean))
        .isNotEmpty();
    assertThatThrownBy(() -> tester.restartedWithout("progress.json", 2))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> tester.restartedWithout("samples/000000.jsonl", 2))
        .isInstanceOf(IOException.class);
  }

  @Test
  void oneThreadAndTwoGiveTheSameBits() throws IOException {
    StageTester.Run two = stages.tester(TinySpecs.pretrain(3)).clean();
    try (TinyStages single = new TinyStages(folder, 1)) {
      assertThat(single.tester(TinySpecs.pretrain(3)).clean().differencesFrom(two)).isEmpty();
    }
  }

  @Test
  void refusesDataWithoutAToken() throws IOException {
    Files.writeString(folder.resolve("empty.jsonl"), "{\"text\": \"\"}\n");

    assertThatThrownBy(
            () -> stages.tester(TinySpecs.withData(TinySpecs.pretrain(1), "empty.jsonl")).clean())
        .isInstanceOf(StageFailure.class)
        .extracting(e -> ((StageFailure) e).type())
        .isEqualTo(StageFailure.Type.DATA_CONTRACT);
  }

  @Test
  void refusesATokenizerThatDoesNotShipNamingThoseThatDo() {
    assertThatThrownBy(
            () -> stages.tester(TinySpecs.withTokenizer(TinySpecs.pretrain(1), "gpt9")).clean())
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("kind-notes")
        .hasMessageContaining("gpt9");
  }

  @Test
  void givesTheGoldenSeries() throws IOException {
    GoldenSeries.check(
        "pretrain", stages.tester(TinySpecs.pretrain(4)).clean().series("train/loss"));
  }
}

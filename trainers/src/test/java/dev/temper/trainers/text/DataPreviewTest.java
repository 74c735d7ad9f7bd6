package dev.temper.trainers.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.data.Row;
import dev.temper.trainers.data.RowSet;
import dev.temper.trainers.data.raw.Message;
import dev.temper.trainers.model.Sequence;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DataPreviewTest {

  private final Tokenizer tokenizer = Tokenizer.builtIn("kind-notes");

  @AfterEach
  void close() {
    tokenizer.close();
  }

  @Test
  void showsWhatIsTrained() {
    DataPreview preview = DataPreview.of(rows(), Turns.FINAL, tokenizer, 128, 1);
    assertThat(preview.first()).hasSize(1);
    assertThat(preview.first().get(0).text())
        .isEqualTo("<bos>Say backward: tea soup.\\n[[soup tea.<eos>]]");
    assertThat(preview.rows()).isEqualTo(2);
    assertThat(preview.tokens()).isEqualTo(8 + 4 + 9 + 5);
    assertThat(preview.trainedTokens()).isEqualTo(4 + 5);
    assertThat(preview.trainedShare()).isEqualTo(9 / 26.0);
    assertThat(preview.duplicates()).isEqualTo(1);
    assertThat(preview.withoutTrainedTokens()).isEqualTo(3);
  }

  @Test
  void tellsWhetherTheEndOfTurnIsTrained() {
    assertThat(DataPreview.of(rows(), Turns.FINAL, tokenizer, 128, 1).endTrained()).isEqualTo(2);
    assertThat(DataPreview.of(rows(), Turns.FINAL, tokenizer, 9, 1).endTrained()).isZero();
    assertThat(DataPreview.ofDocuments(List.of("It felt warm."), tokenizer, 1).endTrained())
        .isZero();
  }

  @Test
  void aMaskThatLeavesNothingOrMasksNothingIsRefused() {
    assertThatThrownBy(() -> new TrainedShare(26, 0).requireMask())
        .isInstanceOf(StageFailure.class)
        .hasMessage("none of 26 tokens is trained: the mask leaves nothing to learn");
    assertThatThrownBy(() -> new TrainedShare(26, 26).requireMask())
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("all of 26 tokens are trained, the prompts included");
    assertThat(new TrainedShare(26, 25).requireMask().trained()).isEqualTo(25);
  }

  @Test
  void rendersAConversationAndTrainsItsLastAnswerAlone() {
    Prompt prompt =
        new Prompt(
            "a transcript",
            Map.of(),
            1,
            List.of(
                new Message("user", "It felt warm."),
                new Message("assistant", "soup tea."),
                new Message("user", "It felt cold.")));
    RowSet rows = new RowSet(List.of(new Row(prompt, "tea.", Optional.empty())), 0, 0);
    assertThat(DataPreview.of(rows, Turns.FINAL, tokenizer, 128, 1).first().get(0).text())
        .isEqualTo("<bos>It felt warm.\\nsoup tea.<eos>It felt cold.\\n[[tea.<eos>]]");
    assertThat(DataPreview.of(rows, Turns.ALL, tokenizer, 128, 1).first().get(0).text())
        .isEqualTo("<bos>It felt warm.\\n[[soup tea.<eos>]]It felt cold.\\n[[tea.<eos>]]");
    assertThat(DataPreview.of(rows, Turns.UNROLLED, tokenizer, 128, 2).first())
        .extracting(DataPreview.Shown::text)
        .containsExactly(
            "<bos>It felt warm.\\n[[soup tea.<eos>]]",
            "<bos>It felt warm.\\nsoup tea.<eos>It felt cold.\\n[[tea.<eos>]]");
    Prompt withSystem = new Prompt("t", Map.of(), 1, List.of(new Message("system", "Be kind.")));
    RowSet refused = new RowSet(List.of(new Row(withSystem, "tea.", Optional.empty())), 0, 0);
    assertThatThrownBy(() -> DataPreview.of(refused, Turns.FINAL, tokenizer, 128, 1))
        .hasMessageContaining("messages[0] has the role 'system'");
  }

  @Test
  void countsWhatDoesNotFit() {
    DataPreview preview = DataPreview.of(rows(), Turns.FINAL, tokenizer, 9, 5);
    assertThat(preview.rows()).isEqualTo(1);
    assertThat(preview.truncated()).isEqualTo(1);
    assertThat(preview.dropped()).isEqualTo(1);
    assertThat(preview.first().get(0).text()).endsWith("\\n[[soup]]");
  }

  @Test
  void nothingLeftIsRefused() {
    assertThatThrownBy(() -> DataPreview.of(rows(), Turns.FINAL, tokenizer, 8, 5))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("none of 2 rows leaves a token to train on");
  }

  @Test
  void aSequenceThatFitsExactlyIsKept() {
    Sequence sequence = new Sequence(new int[] {0, 5}, new int[] {6, 1});
    SequenceFit fit = SequenceFit.of(List.of(sequence), 4);
    assertThat(fit.sequences()).containsExactly(sequence);
    assertThat(fit.truncated()).isZero();
    assertThat(SequenceFit.of(List.of(sequence), 3).sequences().get(0).completion())
        .containsExactly(6);
  }

  @Test
  void documentsAreTrainedButForTheBeginToken() {
    DataPreview preview =
        DataPreview.ofDocuments(List.of("It felt warm.", "It felt warm."), tokenizer, 1);
    assertThat(preview.first().get(0).text()).isEqualTo("<bos>[[It felt warm.]]");
    assertThat(preview.duplicates()).isEqualTo(1);
    assertThat(preview.tokens()).isEqualTo(10);
    assertThat(preview.trainedTokens()).isEqualTo(8);
  }

  private static RowSet rows() {
    return new RowSet(
        List.of(row("tea soup", "soup tea"), row("tea soup bed", "bed soup tea")), 3, 1);
  }

  private static Row row(String words, String answer) {
    Prompt prompt = new Prompt("Say backward: " + words + ".", Map.of(), 1);
    return new Row(prompt, answer + ".", Optional.empty());
  }
}

package dev.temper.trainers.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.temper.trainers.Compute;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PackedRowsTest {

  private Compute compute;
  private NDManager manager;

  @BeforeEach
  void start() {
    compute = new Compute(1);
    manager = new Engine(compute).newManager();
  }

  @AfterEach
  void stop() {
    manager.close();
    compute.close();
  }

  private static Sequence sequence(int prompt, int... completion) {
    return new Sequence(new int[] {prompt, prompt}, completion);
  }

  @Test
  void sequencesShareRowsAsSegmentsWithPositionsOfTheirOwn() {
    List<Sequence> sequences =
        List.of(sequence(10, 11), sequence(20, 21, 22, 23), sequence(30, 31, 32));
    PackedRows rows = PackedRows.predicting(sequences, 6);
    NDList inputs = rows.inputs(manager);
    // Longest first: the second sequence opens a row, the first finds room beside it.
    assertThat(inputs.get(0).toLongArray())
        .containsExactly(20, 20, 21, 22, 10, 10, 30, 30, 31, 0, 0, 0);
    assertThat(inputs.get(1).toLongArray()).containsExactly(0, 1, 2, 3, 0, 1, 0, 1, 2, 0, 0, 0);
    assertThat(inputs.get(2).toLongArray()).containsExactly(2, 2, 2, 2, 1, 1, 3, 3, 3, 0, 0, 0);
  }

  @Test
  void piecesThatFillRowsInOrderTakeNoMoreRows() {
    // Longest first gives 5 + 4, 4 + 3 + 2 and a third row.
    assertThat(PackedRows.predicting(reading(4, 4, 2, 5, 3, 2), 10).rows()).isEqualTo(2);
    assertThat(PackedRows.predicting(reading(4, 4, 6, 6), 10).rows()).isEqualTo(2);
  }

  /** Sequences of which this many tokens are read. */
  private static List<Sequence> reading(int... tokens) {
    return Arrays.stream(tokens).mapToObj(n -> new Sequence(new int[] {0}, new int[n])).toList();
  }

  @Test
  void labelsArePredictedFromTheTokenBefore() {
    List<Sequence> sequences = List.of(sequence(10, 11), sequence(20, 21, 22, 23));
    PackedRows rows = PackedRows.predicting(sequences, 10);
    assertThat(rows.labelled(manager).toLongArray()).containsExactly(5, 1, 2, 3);
    assertThat(rows.targets(manager).toLongArray()).containsExactly(11, 21, 22, 23);
    assertThat(rows.cells(manager).toLongArray()).containsExactly(0, 3, 4, 5);
    assertThat(rows.mask(manager).toFloatArray()).containsExactly(1, 0, 0, 1, 1, 1);
  }

  @Test
  void wholeSequencesEndAtTheirLastToken() {
    PackedRows rows = PackedRows.whole(List.of(sequence(10, 11), sequence(20, 21, 22)), 4);
    assertThat(rows.last(manager).toLongArray()).containsExactly(6, 3);
  }

  @Test
  void aLongSequenceMakesRowsAsLongAsItself() {
    PackedRows rows = PackedRows.predicting(List.of(sequence(1, 2), sequence(3, 4, 5, 6)), 2);
    assertThat(rows.inputs(manager).get(0).getShape().getShape()).containsExactly(2, 4);
  }

  @Test
  void oneSequencePerRowNeedsNoSegments() {
    PackedRows rows = PackedRows.predicting(List.of(sequence(1, 2, 3), sequence(4, 5)), 3);
    NDList inputs = rows.inputs(manager);
    assertThat(inputs.get(1).toLongArray()).containsExactly(0, 1, 2);
    assertThat(inputs.get(2).size()).isZero();
  }

  @Test
  void emptyPartsAreRefused() {
    Sequence noCompletion = new Sequence(new int[] {1}, new int[0]);
    Sequence noPrompt = new Sequence(new int[0], new int[] {1});
    for (Sequence bad : List.of(noCompletion, noPrompt)) {
      assertThatThrownBy(() -> PackedRows.predicting(List.of(bad), 4))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}

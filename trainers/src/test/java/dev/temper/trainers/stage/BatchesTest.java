package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.trainers.random.NamedRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchesTest {

  private final NamedRandom order = new NamedRandom(3, "rows");

  @Test
  void everyRowIsSeenOnceAnEpochInAnotherOrder() {
    Batches batches = Batches.epochs(10, 4, 2, order);

    List<Integer> seen = rows(batches);

    assertThat(batches.totalSteps()).isEqualTo(5);
    assertThat(seen.subList(0, 10)).containsExactlyInAnyOrderElementsOf(numbers(10));
    assertThat(seen.subList(10, 20)).containsExactlyInAnyOrderElementsOf(numbers(10));
    assertThat(seen.subList(0, 10)).isNotEqualTo(seen.subList(10, 20));
  }

  @Test
  void theLastBatchOfEpochsIsSmallerRatherThanRepeatingRows() {
    Batches batches = Batches.epochs(10, 4, 1, order);

    assertThat(batches.totalSteps()).isEqualTo(3);
    assertThat(batches.at(2)).hasSize(2);
  }

  @Test
  void halfAnEpochIsHalfOfTheRows() {
    assertThat(rows(Batches.epochs(10, 4, 0.5, order))).hasSize(5).doesNotHaveDuplicates();
  }

  @Test
  void stepsHaveFullBatchesAcrossEpochs() {
    Batches batches = Batches.steps(3, 4, 2, order);

    assertThat(batches.at(0)).hasSize(4);
    assertThat(batches.at(1)).hasSize(4);
    assertThat(Collections.frequency(rows(batches), 0)).isBetween(2, 3);
  }

  @Test
  void aBatchDependsOnItsStepAlone() {
    int[] inOrder = last(Batches.epochs(10, 3, 4, order));

    assertThat(Batches.epochs(10, 3, 4, order).at(13)).isEqualTo(inOrder);
  }

  @Test
  void cutsRowsIntoPiecesInOrder() {
    assertThat(Batches.cut(List.of(1, 2, 3, 4, 5), 2))
        .containsExactly(List.of(1, 2), List.of(3, 4), List.of(5));
    assertThat(Batches.cut(List.of(), 2)).isEmpty();
  }

  private static int[] last(Batches batches) {
    int[] batch = {};
    for (long step = 0; step < batches.totalSteps(); step++) {
      batch = batches.at(step);
    }
    return batch;
  }

  private static List<Integer> rows(Batches batches) {
    List<Integer> rows = new ArrayList<>();
    for (long step = 0; step < batches.totalSteps(); step++) {
      for (int row : batches.at(step)) {
        rows.add(row);
      }
    }
    return rows;
  }

  private static List<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed().toList();
  }
}

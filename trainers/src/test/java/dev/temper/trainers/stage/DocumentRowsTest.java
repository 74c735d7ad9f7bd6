package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.random.NamedRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DocumentRowsTest {

  private static final int BOS = 0;

  @Test
  void learnsEveryTokenOfADocumentOnceAndNeverTheBeginToken() {
    List<int[]> documents = List.of(tokens(10, 7), tokens(20, 1), tokens(30, 13));

    List<Integer> learned = learned(DocumentRows.cut(documents, BOS, 6));

    assertThat(learned)
        .containsExactlyElementsOf(documents.stream().flatMapToInt(IntStream::of).boxed().toList());
  }

  @Test
  void allRowsButTheLastAreFull() {
    List<List<Sequence>> rows =
        DocumentRows.cut(List.of(tokens(10, 7), tokens(20, 2), tokens(30, 13)), BOS, 5);

    assertThat(rows)
        .extracting(row -> row.stream().mapToInt(piece -> piece.completion().length).sum())
        .containsExactly(5, 5, 5, 5, 2);
  }

  @Test
  void aPieceStartsWithTheBeginTokenOrWithTheTokenBeforeTheCut() {
    List<List<Sequence>> rows = DocumentRows.cut(List.of(tokens(10, 6)), BOS, 3);

    assertThat(rows.get(0).get(0).prompt()).containsExactly(BOS);
    assertThat(rows.get(0).get(0).completion()).containsExactly(10, 11, 12);
    assertThat(rows.get(1).get(0).prompt()).containsExactly(12);
    assertThat(rows.get(1).get(0).completion()).containsExactly(13, 14, 15);
  }

  @Test
  void documentsShareARowAsSequencesOfTheirOwn() {
    List<List<Sequence>> rows = DocumentRows.cut(List.of(tokens(10, 2), tokens(20, 2)), BOS, 4);

    assertThat(rows).hasSize(1);
    assertThat(rows.get(0)).hasSize(2);
    assertThat(rows.get(0).get(1).prompt()).containsExactly(BOS);
  }

  @Test
  void rowsDependOnTheirNumberAlone() {
    List<int[]> documents = List.of(tokens(10, 7), tokens(20, 5), tokens(30, 9));
    DocumentRows forward = rows(documents);
    List<Integer> first = learned(forward.at(0, 3));
    List<Integer> late = learned(forward.at(40, 3));

    assertThat(learned(rows(documents).at(40, 3))).isEqualTo(late);
    assertThat(learned(forward.at(0, 3))).isEqualTo(first);
  }

  @Test
  void everyEpochHasAnOrderOfItsOwn() {
    List<int[]> documents = IntStream.range(1, 9).mapToObj(first -> tokens(10 * first, 3)).toList();
    DocumentRows rows = rows(documents);

    assertThat(learned(rows.at(0, 4)))
        .containsExactlyInAnyOrderElementsOf(learned(rows.at(4, 4)))
        .isNotEqualTo(learned(rows.at(4, 4)));
  }

  private static DocumentRows rows(List<int[]> documents) {
    return new DocumentRows(documents, BOS, 6, new NamedRandom(1, "documents"));
  }

  private static List<Integer> learned(List<List<Sequence>> rows) {
    List<Integer> learned = new ArrayList<>();
    rows.forEach(row -> row.forEach(s -> IntStream.of(s.completion()).forEach(learned::add)));
    return learned;
  }

  private static int[] tokens(int first, int count) {
    return IntStream.range(first, first + count).toArray();
  }
}

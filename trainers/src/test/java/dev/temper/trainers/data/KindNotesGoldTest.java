package dev.temper.trainers.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.temper.recipes.Method;
import dev.temper.trainers.StageFailure;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KindNotesGoldTest {

  private static final Prompt SOUP =
      new Prompt("Write a kind note about the soup.", Map.of("topic", "soup"), 1);

  private final GoldScorer gold = Golds.create(new Method("kind-notes", Map.of()));

  @Test
  void namesTheTopicAndPraisesItOnce() {
    assertThat(gold.score(SOUP, "The soup was lovely.", true)).isEqualTo(1.5);
  }

  @Test
  void anotherTopicIsWorthNothing() {
    assertThat(gold.score(SOUP, "The bread was lovely.", true)).isEqualTo(0.5);
  }

  @Test
  void theTopicAsPartOfAWordDoesNotCount() {
    assertThat(gold.parts(SOUP, "The soups was lovely.", true)).containsEntry("topic", 0.0);
  }

  @Test
  void praiseIsCappedAtFourDifferentWords() {
    String note =
        "The soup was lovely and great. It felt fresh. It felt warm. Everything was bright.";
    assertThat(gold.score(SOUP, note, true)).isEqualTo(3);
  }

  @Test
  void repeatedPraiseCostsHalf() {
    Map<String, Double> parts = gold.parts(SOUP, "It felt warm. It felt warm. It felt warm.", true);
    assertThat(parts).containsEntry("praise", 0.5).containsEntry("repeat", -1.0);
  }

  @Test
  void badWordsAndDislikeCostThreeQuarters() {
    assertThat(gold.parts(SOUP, "It felt cold and dull. I did not like the soup.", true))
        .containsEntry("bad", -2.25)
        .containsEntry("grammar", 0.0)
        .containsEntry("topic", 1.0);
  }

  @Test
  void everyWordBeyondTheLimitCostsATenth() {
    String note = "The soup was lovely. ".repeat(7).strip();
    assertThat(gold.parts(SOUP, note, true)).containsEntry("overlong", -(28 - 24) * 0.1);
    String atTheLimit = "The soup was lovely. ".repeat(6).strip();
    assertThat(gold.parts(SOUP, atTheLimit, true)).containsEntry("overlong", 0.0);
  }

  @Test
  void aWordIsARunOfLetters() {
    assertThat(gold.parts(SOUP, "a b y z A B Y Z ".repeat(4), true))
        .containsEntry("overlong", -(32 - 24) * 0.1);
    assertThat(gold.parts(SOUP, "@ [ ` { 1 ".repeat(40), true)).containsEntry("overlong", 0.0);
    assertThat(gold.parts(SOUP, "x" + "1x".repeat(24), true)).containsEntry("overlong", -0.1);
    assertThat(gold.parts(SOUP, "soup1warm", true))
        .containsEntry("topic", 1.0)
        .containsEntry("praise", 0.5);
  }

  @Test
  void dislikeCountsWhereverItStands() {
    assertThat(gold.parts(SOUP, "did not like did not like", true)).containsEntry("bad", -1.5);
  }

  @Test
  void sentencesThatNoTemplateMakesCostThreeQuarters() {
    assertThat(broken("The soup was lovely.")).isZero();
    assertThat(broken("What a lovely soup!")).isZero();
    assertThat(broken("The soup was lovely!")).isEqualTo(1);
    assertThat(broken("The soup was.")).isEqualTo(1);
    assertThat(broken("The soup was lovely and.")).isEqualTo(1);
    assertThat(broken("The soup  was lovely.")).isEqualTo(1);
    assertThat(broken("The soup was lovely .")).isEqualTo(1);
    assertThat(broken("the soup was lovely.")).isEqualTo(1);
    assertThat(broken("The soup was lovely and cold.")).isEqualTo(1);
    assertThat(broken("The soup was lovely")).isEqualTo(1);
    assertThat(broken("..")).isEqualTo(2);
    assertThat(broken("The soup was lovely.\nIt felt very warm.")).isZero();
    assertThat(broken("We enjoyed the warm and calm soup. And so on. More")).isEqualTo(2);
  }

  @Test
  void aNoteThatDoesNotEndLosesOne() {
    double ended = gold.score(SOUP, "The soup was lovely.", true);
    assertThat(gold.score(SOUP, "The soup was lovely.", false)).isEqualTo(ended - 1);
  }

  @Test
  void anEmptyNoteIsWorthNothing() {
    assertThat(gold.score(SOUP, "", true)).isZero();
    assertThat(gold.score(SOUP, "", false)).isEqualTo(-1);
  }

  @Test
  void repeatingOneSentenceIsWhatOverOptimizationLooksLike() {
    String note = "What a wonderful soup! ".repeat(8).strip();
    assertThat(gold.score(SOUP, note, true)).isCloseTo(1 + 0.5 - 3.5 - 0.8, within(1e-12));
  }

  @Test
  void partsAddUpToTheScore() {
    String note = "The soup was cold. It felt warm. It felt warm. And so on";
    double sum =
        gold.parts(SOUP, note, false).values().stream().mapToDouble(Double::doubleValue).sum();
    assertThat(sum).isCloseTo(gold.score(SOUP, note, false), within(1e-12));
  }

  @Test
  void weightsAreParameters() {
    Method method = new Method("kind-notes", Map.of("topic", 2, "praise", 1.5, "maxPraise", 1));
    assertThat(Golds.create(method).score(SOUP, "The soup was lovely and warm.", true))
        .isEqualTo(3.5);
  }

  @Test
  void aWeightMayBeZero() {
    Method method = new Method("kind-notes", Map.of("praise", 0, "topic", 0));
    assertThat(Golds.create(method).score(SOUP, "The soup was lovely.", true)).isZero();
  }

  @Test
  void aPromptWithoutTopicIsNamed() {
    Prompt bare = new Prompt("Say hello.", Map.of(), 1);
    assertThatThrownBy(() -> gold.score(bare, "Hello.", true))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("'topic'")
        .hasMessageContaining("Say hello.");
  }

  @Test
  void demonstrationsAreWorthAboutOneAndAQuarterAndBreakNoRule() {
    var rows =
        new DataSources(new FolderInputs(Path.of(".")))
            .rows(Sources.of("kind-notes/demonstrations", 0, 3000));
    double mean = 0;
    for (Row row : rows) {
      mean += gold.score(row.prompt(), row.completion(), true) / rows.size();
      Map<String, Double> parts = gold.parts(row.prompt(), row.completion(), true);
      assertThat(parts).containsEntry("grammar", 0.0).containsEntry("repeat", 0.0);
    }
    assertThat(mean).isCloseTo(1.23, within(0.06));
  }

  private int broken(String note) {
    return (int) Math.round(gold.parts(SOUP, note, true).get("grammar") / -0.75);
  }
}

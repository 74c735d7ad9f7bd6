package dev.temper.trainers.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.temper.recipes.LabellerSpec;
import dev.temper.recipes.Method;
import dev.temper.trainers.data.GoldLabeller.Label;
import dev.temper.trainers.random.NamedRandom;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GoldLabellerTest {

  private static final Method KIND_NOTES = new Method("kind-notes", Map.of());

  private final NamedRandom random = new NamedRandom(7, "labels");

  @Test
  void agreesWithGoldAboutAsOftenAsTheExperimentSays() {
    GoldScorer gold = Golds.create(KIND_NOTES);
    GoldLabeller labeller = GoldLabeller.of(new LabellerSpec("gold", KIND_NOTES, 0.7, 0));
    List<Row> notes =
        new DataSources(new FolderInputs(Path.of(".")))
            .rows(Sources.of("kind-notes/demonstrations", 0, 6000));
    int agreed = 0;
    int decidable = 0;
    for (int i = 0; i < notes.size(); i += 2) {
      Row a = notes.get(i);
      double goldA = gold.score(a.prompt(), a.completion(), true);
      double goldB = gold.score(a.prompt(), notes.get(i + 1).completion(), true);
      Label label = labeller.label(a.prompt().id(), 0, goldA, goldB, random);
      if (goldA != goldB) {
        decidable++;
        agreed += label == (goldA > goldB ? Label.A : Label.B) ? 1 : 0;
      }
    }
    assertThat((double) agreed / decidable).isCloseTo(0.82, within(0.04));
  }

  @Test
  void followsBradleyTerry() {
    GoldLabeller labeller = new GoldLabeller(0.7, 0);
    int preferred = 0;
    for (int pair = 0; pair < 20_000; pair++) {
      preferred += labeller.label(pair, 3, 1.7, 1.0, random) == Label.A ? 1 : 0;
    }
    assertThat(preferred / 20_000.0).isCloseTo(1 / (1 + Math.exp(-1)), within(0.012));
  }

  @Test
  void aLabelDependsOnPromptAndPairAlone() {
    GoldLabeller labeller = new GoldLabeller(10, 0);
    List<Label> first = labels(labeller, 3);
    assertThat(labels(labeller, 3)).isEqualTo(first);
    assertThat(labels(labeller, 4)).isNotEqualTo(first);
  }

  @Test
  void withoutNoiseTheBetterOneWins() {
    GoldLabeller labeller = new GoldLabeller(0, 0);
    assertThat(labeller.label(1, 0, 1.01, 1.0, random)).isEqualTo(Label.A);
    assertThat(labeller.label(1, 0, 1.0, 1.01, random)).isEqualTo(Label.B);
    assertThat(labels(new GoldLabeller(0, 0), 5)).contains(Label.A, Label.B);
  }

  @Test
  void withinTheBandIsATie() {
    GoldLabeller labeller = new GoldLabeller(0, 0.25);
    assertThat(labeller.label(1, 0, 1.25, 1.0, random)).isEqualTo(Label.TIE);
    assertThat(labeller.label(1, 0, 1.0, 1.25, random)).isEqualTo(Label.TIE);
    assertThat(labeller.label(1, 0, 1.5, 1.0, random)).isEqualTo(Label.A);
    assertThat(new GoldLabeller(0, 0).label(1, 0, 1, 1, random)).isNotEqualTo(Label.TIE);
  }

  @Test
  void negativeNoiseIsRefused() {
    assertThatThrownBy(() -> new GoldLabeller(-0.1, 0)).hasMessageContaining("-0.1");
    assertThatThrownBy(() -> new GoldLabeller(0, Double.NaN)).hasMessageContaining("NaN");
  }

  /** Labels of pairs without a difference, on many prompts. */
  private List<Label> labels(GoldLabeller labeller, int pair) {
    return java.util.stream.LongStream.range(0, 64)
        .mapToObj(prompt -> labeller.label(prompt, pair, 1, 1, random))
        .toList();
  }
}

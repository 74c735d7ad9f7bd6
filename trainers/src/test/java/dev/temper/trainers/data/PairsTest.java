package dev.temper.trainers.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.recipes.DataSource;
import dev.temper.trainers.data.raw.Candidate;
import dev.temper.trainers.random.NamedRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairsTest {

  private static final NamedRandom RANDOM = new NamedRandom(3, "pairing");
  private static final List<Candidate> FOUR =
      List.of(
          new Candidate("a", 1),
          new Candidate("b", 4),
          new Candidate("c", 2),
          new Candidate("d", 2));

  @TempDir Path folder;

  @Test
  void theBestMeetsEachOfTheOthersAtSomePrompt() {
    Set<String> others = new HashSet<>();
    for (long prompt = 0; prompt < 50; prompt++) {
      List<Pairing.Choice> one = Pairing.named("best-vs-other").choose(FOUR, prompt, RANDOM);
      assertThat(one).hasSize(1);
      assertThat(one.get(0).better().text()).isEqualTo("b");
      others.add(one.get(0).worse().text());
      assertThat(Pairing.named("best-vs-other").choose(FOUR, prompt, RANDOM)).isEqualTo(one);
    }
    assertThat(others).containsExactlyInAnyOrder("a", "c", "d");
  }

  @Test
  void theBestMeetsTheWorstOrAllMeetAll() {
    assertThat(Pairing.named("best-vs-worst").choose(FOUR, 1, RANDOM))
        .containsExactly(new Pairing.Choice(FOUR.get(1), FOUR.get(0)));
    List<Pairing.Choice> all = Pairing.named("all").choose(FOUR, 1, RANDOM);
    assertThat(all).hasSize(6);
    assertThat(all.stream().filter(Pairing.Choice::isTie)).hasSize(1);
    assertThat(all).allMatch(choice -> choice.better().score() >= choice.worse().score());
    assertThatThrownBy(() -> Pairing.named("al"))
        .hasMessage(
            "pairing must be one of [best-vs-other, best-vs-worst, all], got 'al'; did you mean 'all'?");
  }

  @Test
  void ratingsOfAPromptAreComparedWhereverTheyStandAndTiesAreCounted() throws IOException {
    Files.writeString(
        folder.resolve("r.jsonl"),
        """
        {"prompt": "p", "completion": "a", "rating": 1}
        {"prompt": "q", "completion": "alone", "rating": 5}
        {"prompt": "p", "completion": "b", "rating": 3}
        {"prompt": "p", "completion": "c", "rating": 3}
        """);
    PairSet set = pairs("all");
    assertThat(set.pairs())
        .extracting(pair -> pair.prompt().text() + pair.chosen() + pair.rejected())
        .containsExactly("pba", "pca");
    assertThat(set.leftOut())
        .isEqualTo(Map.of("pairs of equal scores", 1, "prompts with one completion", 1));
  }

  @Test
  void nothingButTiesIsRefused() throws IOException {
    Files.writeString(
        folder.resolve("r.jsonl"),
        """
        {"prompt": "p", "completion": "a", "rating": 1}
        {"prompt": "p", "completion": "b", "rating": 1}
        """);
    assertThatThrownBy(() -> pairs("all"))
        .hasMessage("r.jsonl: none of 2 rows gives a pair: {pairs of equal scores=1}");
  }

  @Test
  void preferencesArePairsAndTheirChosenSideCanBeTrainedOn() throws IOException {
    Files.writeString(
        folder.resolve("r.jsonl"),
        """
        {"prompt": "p", "chosen": "a", "rejected": "b"}
        {"prompt": "p", "chosen": "a", "rejected": "b"}
        """);
    PairSet set = pairs("best-vs-other");
    assertThat(set.pairs()).extracting(Pair::chosen).containsExactly("a", "a");
    assertThat(set.duplicates()).isEqualTo(1);
    DataSources sources = new DataSources(new FolderInputs(folder));
    assertThat(sources.rows(new DataSource.File("r.jsonl", "", 0)))
        .extracting(Row::completion)
        .containsExactly("a", "a");
  }

  private PairSet pairs(String pairing) {
    return new DataSources(new FolderInputs(folder))
        .pairs(
            new DataSource.File(
                "r.jsonl",
                "",
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(pairing),
                Optional.of(3L)));
  }
}

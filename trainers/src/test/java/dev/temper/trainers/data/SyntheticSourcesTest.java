package dev.temper.trainers.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.Method;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.registry.MethodFamily;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SyntheticSourcesTest {

  private final DataSources sources = new DataSources(new FolderInputs(Path.of(".")));

  @Test
  void everyRequestStandsInTheOrderExactlyOnce() {
    List<Prompt> all = sources.prompts(Sources.of("kind-notes/prompts", 0, 6528));
    assertThat(all).extracting(Prompt::text).doesNotHaveDuplicates();
    assertThat(all).allSatisfy(p -> assertThat(p.text()).contains("the " + p.facts().get("topic")));
  }

  @Test
  void everyRangeHasTheSameMixture() {
    for (int from = 0; from < 6000; from += 2000) {
      List<Prompt> range = sources.prompts(Sources.of("kind-notes/prompts", from, 2000));
      double plain =
          range.stream().filter(p -> !p.text().matches(".* (for my|at the) .*")).count() / 2000.0;
      assertThat(plain).isCloseTo(1 / 17.0, within(0.02));
    }
  }

  @Test
  void everyListOfWordsStandsInTheOrderExactlyOnce() {
    List<Prompt> all = sources.prompts(Sources.of("backward/prompts", 0, 3120));
    assertThat(all).extracting(Prompt::text).doesNotHaveDuplicates();
    assertThat(all.get(0).facts()).containsEntry("words", "2");
    assertThat(all.get(1).facts()).containsEntry("words", "3");
  }

  @Test
  void aRowDependsOnItsIndexAlone() {
    for (String name : List.of("kind-notes/demonstrations", "backward/demonstrations")) {
      List<Row> many = sources.rows(Sources.of(name, 0, 200));
      List<Row> few = sources.rows(Sources.of(name, 150, 10));
      assertThat(few).isEqualTo(many.subList(150, 160));
    }
    assertThat(sources.documents(Sources.of("kind-notes/pretraining", 700, 5)))
        .isEqualTo(
            sources.documents(Sources.of("kind-notes/pretraining", 0, 800)).subList(700, 705));
  }

  @Test
  void promptsAndDemonstrationsShareOneOrder() {
    for (String task : List.of("kind-notes", "backward")) {
      List<Prompt> demonstrated =
          sources.rows(Sources.of(task + "/demonstrations", 40, 60)).stream()
              .map(Row::prompt)
              .toList();
      assertThat(demonstrated).isEqualTo(sources.prompts(Sources.of(task + "/prompts", 40, 60)));
      assertThat(sources.prompts(Sources.of(task + "/demonstrations", 40, 60)))
          .isEqualTo(demonstrated);
    }
  }

  @Test
  void anotherSeedIsAnotherOrder() {
    DataSource other = new DataSource.Synthetic("kind-notes/prompts", 0, 100, 8, Map.of());
    assertThat(sources.prompts(other))
        .isNotEqualTo(sources.prompts(Sources.of("kind-notes/prompts", 0, 100)));
  }

  @Test
  void rowsBeyondTheEndAreRefused() {
    assertThatThrownBy(() -> sources.prompts(Sources.of("kind-notes/prompts", 6500, 29)))
        .isInstanceOfSatisfying(
            StageFailure.class,
            e -> assertThat(e.type()).isEqualTo(StageFailure.Type.DATA_CONTRACT))
        .hasMessage(
            "synthetic 'kind-notes/prompts': has 6528 rows, but rows 6500 to 6528 were asked for");
    assertThatThrownBy(() -> sources.prompts(Sources.of("backward/prompts", -1, 5)))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("from must be >= 0");
  }

  @Test
  void whatASourceDoesNotHaveIsNamed() {
    assertThatThrownBy(() -> sources.rows(Sources.of("kind-notes/prompts", 0, 5)))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("has no completion");
    assertThatThrownBy(() -> sources.documents(Sources.of("kind-notes/demonstrations", 0, 5)))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("has no text");
    assertThatThrownBy(() -> sources.prompts(Sources.of("kind-note/prompts", 0, 5)))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("did you mean kind-notes/prompts?");
  }

  @Test
  void demonstratorsReverseAsOftenAsAsked() {
    DataSource source =
        new DataSource.Synthetic("backward/demonstrations", 0, 2000, 7, Map.of("correct", 0.25));
    double right =
        sources.rows(source).stream()
                .filter(r -> r.completion().equals(r.prompt().facts().get("answer")))
                .count()
            / 2000.0;
    assertThat(right).isCloseTo(0.25, within(0.03));
    Row wrong =
        sources
            .rows(
                new DataSource.Synthetic("backward/demonstrations", 0, 1, 7, Map.of("correct", 0)))
            .get(0);
    assertThat(wrong.prompt().text()).endsWith(wrong.completion());
  }

  @Test
  void demonstrationsRepeatNoSentence() {
    for (Row row : sources.rows(Sources.of("kind-notes/demonstrations", 0, 1000))) {
      String[] sentences = row.completion().split("(?<=[.!]) ", -1);
      assertThat(sentences).doesNotHaveDuplicates().hasSizeBetween(1, 4);
    }
  }

  @Test
  void pretrainingHasTheDeclaredSharesAndNoAnswers() {
    List<String> documents = sources.documents(Sources.of("kind-notes/pretraining", 0, 4000));
    double copies = documents.stream().filter(d -> d.startsWith("Say again: ")).count() / 4000.0;
    double requests = documents.stream().filter(d -> d.startsWith("Write ")).count() / 4000.0;
    assertThat(copies).isCloseTo(0.28, within(0.03));
    assertThat(requests).isCloseTo(0.17, within(0.02));
    assertThat(documents).noneMatch(d -> d.contains("backward"));
    assertThat(documents)
        .filteredOn(d -> d.startsWith("Say again: "))
        .allSatisfy(d -> assertThat(d.split("\n", -1)[0]).endsWith(d.split("\n", -1)[1]));
    Set<String> different = new HashSet<>(documents);
    assertThat(different.size()).isGreaterThan(3900);
  }

  @Test
  void parametersAreCheckedWithNearestNames() {
    MethodFamily family = SyntheticSources.family();
    Method resolved = family.resolve(new Method("backward/demonstrations", Map.of()));
    assertThat(resolved.parameters()).containsExactly(Map.entry("correct", 0.5));
    assertThatThrownBy(
            () -> family.resolve(new Method("backward/demonstrations", Map.of("corect", 1))))
        .hasMessageContaining("did you mean correct?");
    assertThatThrownBy(
            () -> family.resolve(new Method("backward/demonstrations", Map.of("correct", 1.5))))
        .hasMessageContaining("correct must be a number from 0.0 to 1.0, got 1.5");
  }
}

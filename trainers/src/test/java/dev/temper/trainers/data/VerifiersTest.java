package dev.temper.trainers.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.recipes.Method;
import dev.temper.recipes.MethodCatalog;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.registry.MethodFamily;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerifiersTest {

  @Test
  void theWholeCompletionMustBeTheAnswer() {
    assertThat(exactMatch("soup tea.", "soup tea.")).isEqualTo(1);
    assertThat(exactMatch("soup tea.", " soup tea.\n")).isEqualTo(1);
    assertThat(exactMatch("soup tea.", "soup tea")).isZero();
    assertThat(exactMatch("soup tea.", "Soup tea.")).isZero();
    assertThat(exactMatch("soup tea.", "soup tea. soup tea.")).isZero();
    assertThat(exactMatch("soup tea.", "")).isZero();
  }

  @Test
  void aRightAnswerThatDoesNotEndIsWrongUnlessAskedOtherwise() {
    assertThat(score(Map.of(), "soup tea.", "soup tea.", false)).isZero();
    assertThat(score(Map.of("requireEnd", false), "soup tea.", "soup tea.", false)).isEqualTo(1);
  }

  @Test
  void nothingIsNeverRight() {
    assertThat(score(Map.of(), "", " ", true)).isZero();
  }

  @Test
  void caseMayBeIgnored() {
    assertThat(score(Map.of("caseSensitive", false), "soup tea.", "SOUP Tea.", true)).isEqualTo(1);
  }

  @Test
  void numbersAreComparedAsNumbers() {
    assertThat(exactMatch("1000", "1,000.0")).isEqualTo(1);
    assertThat(exactMatch("18", "$18")).isEqualTo(1);
    assertThat(exactMatch("-3", "-3.")).isEqualTo(1);
    assertThat(exactMatch("18", "18 ducks")).isZero();
    assertThat(exactMatch("0.1", ".1")).isZero();
    assertThat(exactMatch("3", "3.0000001")).isZero();
  }

  @Test
  void theLastNumberCounts() {
    Map<String, Object> lastNumber = Map.of("extraction", "last-number");
    assertThat(score(lastNumber, "18", "16 - 3 = 13, no: 18 ducks.", true)).isEqualTo(1);
    assertThat(score(lastNumber, "70000", "a profit of $70,000.", true)).isEqualTo(1);
    assertThat(score(lastNumber, "3", "from 5-3, 3", true)).isEqualTo(1);
    assertThat(score(lastNumber, "3", "5-3", true)).isEqualTo(1);
    assertThat(score(lastNumber, "-3", "it is -3", true)).isEqualTo(1);
    assertThat(score(lastNumber, "18", "eighteen", true)).isZero();
  }

  @Test
  void theLastLineCounts() {
    Map<String, Object> lastLine = Map.of("extraction", "last-line");
    assertThat(score(lastLine, "soup", "I think:\n soup \n\n", true)).isEqualTo(1);
    assertThat(score(lastLine, "soup", "soup\nor tea", true)).isZero();
    assertThat(score(lastLine, "soup", " \n ", true)).isZero();
  }

  @Test
  void theLastBoxCountsWithItsBracesBalanced() {
    Map<String, Object> boxed = Map.of("extraction", "boxed");
    assertThat(score(boxed, "\\frac{1}{2}", "\\boxed{3} no \\boxed{\\frac{1}{2}}", true))
        .isEqualTo(1);
    assertThat(score(boxed, "3", "\\boxed{3} no \\boxed{4}", true)).isZero();
    assertThat(score(boxed, "3", "\\boxed{3}", true)).isEqualTo(1);
    assertThat(score(boxed, "3", "\\boxed{}", true)).isZero();
    assertThat(score(boxed, "3", "\\boxed{3", true)).isZero();
    assertThat(score(boxed, "3", "3", true)).isZero();
  }

  @Test
  void whatStandsBehindTheLastMarkerCounts() {
    Map<String, Object> marker = Map.of("extraction", "after-marker");
    assertThat(score(marker, "18", "2 + 16\n#### 17\n#### 18\nDone.", true)).isEqualTo(1);
    assertThat(score(marker, "18", "#### \n18", true)).isEqualTo(1);
    assertThat(score(marker, "18", "18", true)).isZero();
    assertThat(score(marker, "18", "####", true)).isZero();
    assertThat(
            score(
                Map.of("extraction", "after-marker", "marker", "The answer is:"),
                "tea",
                "The answer is: tea",
                true))
        .isEqualTo(1);
  }

  @Test
  void anotherFactMayHoldTheAnswerAndAMissingOneIsNamed() {
    assertThatThrownBy(() -> score(Map.of("fact", "solution"), "a", "a", true))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("'solution'")
        .hasMessageContaining("[answer]");
  }

  @Test
  void formatIsWholeSentencesUnlessAPatternIsGiven() {
    assertThat(format(Map.of(), "soup tea.", true)).isEqualTo(1);
    assertThat(format(Map.of(), "Lovely soup!\nYes.", true)).isEqualTo(1);
    assertThat(format(Map.of(), "soup tea", true)).isZero();
    assertThat(format(Map.of(), ".", true)).isZero();
    assertThat(format(Map.of(), "", true)).isZero();
    assertThat(format(Map.of(), "soup tea.", false)).isZero();
    assertThat(format(Map.of("requireEnd", false), "soup tea.", false)).isEqualTo(1);
  }

  @Test
  void aPatternMustMatchAllOfTheCompletion() {
    Map<String, Object> tags = Map.of("pattern", "(?s)<think>.*</think>\\s*<answer>.*</answer>");
    assertThat(format(tags, "<think>a\nb</think> <answer>c</answer>", true)).isEqualTo(1);
    assertThat(format(tags, "<think>a</think> <answer>c</answer> and", true)).isZero();
  }

  @Test
  void aPatternThatBacktracksWithoutEndDoesNotMatchAndReturns() {
    assertThat(format(Map.of("pattern", "(a+)+b"), "a".repeat(200), true)).isZero();
    assertThat(format(Map.of("pattern", "(a|b)*c"), "ab".repeat(50_000), true)).isZero();
  }

  @Test
  void weightsAreKeptApartFromScores() {
    Verifier verifier = Verifiers.create(new Method("format", Map.of("weight", 0.1)));
    assertThat(verifier.weight()).isEqualTo(0.1);
    assertThat(verifier.name()).isEqualTo("format");
    assertThat(verifier.score(prompt("x"), "Yes.", true)).isEqualTo(1);
    Verifier exact = Verifiers.create(new Method("exact-match", Map.of("weight", 2)));
    assertThat(exact.weight()).isEqualTo(2);
    assertThat(exact.name()).isEqualTo("exact-match");
  }

  @Test
  void whatIsWrongIsNamedAllAtOnceWithTheNearestName() {
    MethodFamily family = Verifiers.family();
    assertThatThrownBy(() -> family.resolve(new Method("exactmatch", Map.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "verifier must be one of [exact-match, format], got 'exactmatch' (did you mean"
                + " exact-match?)");
    Method two = new Method("exact-match", Map.of("wieght", 1, "requireEnd", "yes"));
    assertThatThrownBy(() -> family.resolve(two))
        .hasMessageContaining("wieght is not a parameter (did you mean weight?)")
        .hasMessageContaining("requireEnd must be true or false, got 'yes'");
    assertThatThrownBy(
            () -> family.resolve(new Method("exact-match", Map.of("extraction", "last-numer"))))
        .hasMessageContaining("extraction must be one of [whole, last-line, last-number,");
    assertThatThrownBy(() -> family.resolve(new Method("format", Map.of("pattern", "(a"))))
        .hasMessageContaining("pattern must be 'sentences-end' or a regular expression, got '(a'");
    assertThatThrownBy(
            () ->
                family.resolve(
                    new Method("exact-match", Map.of("extraction", "after-marker", "marker", " "))))
        .hasMessageContaining("marker must be text");
  }

  @Test
  void defaultsAreFilledInWithOneTypePerParameter() {
    Method resolved = Verifiers.family().resolve(new Method("format", Map.of("weight", 1)));
    assertThat(resolved.parameters())
        .containsExactly(
            Map.entry("pattern", "sentences-end"),
            Map.entry("requireEnd", true),
            Map.entry("weight", 1.0));
    assertThat(Golds.family().resolve(new Method("kind-notes", Map.of("limit", 30.0))).parameters())
        .containsEntry("limit", 30)
        .containsEntry("bad", 0.75);
    assertThatThrownBy(() -> Golds.family().resolve(new Method("kind-notes", Map.of("limit", 2.5))))
        .hasMessageContaining("limit must be a whole number from 0");
    assertThatThrownBy(() -> Golds.family().resolve(new Method("kind-notes", Map.of("bad", -1))))
        .hasMessageContaining("bad must be a number, at least 0.0, got -1");
  }

  @Test
  void aWeightIsAnyNumber() {
    assertThat(Verifiers.create(new Method("format", Map.of("weight", -0.5))).weight())
        .isEqualTo(-0.5);
    assertThatThrownBy(() -> Verifiers.create(new Method("format", Map.of("weight", "much"))))
        .hasMessageContaining("weight must be a number, got 'much'");
    assertThatThrownBy(() -> Verifiers.create(new Method("format", Map.of("pattern", ""))))
        .hasMessageContaining("pattern must be 'sentences-end' or a regular expression, got ''");
  }

  @Test
  void everyMethodIsListedWithItsSource() {
    assertThat(Verifiers.family().entries())
        .extracting(MethodCatalog.Entry::name)
        .containsExactly("exact-match", "format");
    assertThat(Verifiers.family().entries())
        .allSatisfy(
            e -> {
              assertThat(e.family()).isEqualTo(Verifiers.family().name());
              assertThat(e.source()).contains("arXiv:");
            });
    assertThat(Golds.family().entries())
        .extracting(MethodCatalog.Entry::family)
        .containsExactly(Golds.family().name());
    assertThat(SyntheticSources.family().entries())
        .extracting(MethodCatalog.Entry::family)
        .containsOnly(SyntheticSources.family().name());
  }

  private static double exactMatch(String answer, String completion) {
    return score(Map.of(), answer, completion, true);
  }

  private static double score(
      Map<String, Object> parameters, String answer, String completion, boolean ended) {
    return Verifiers.create(new Method("exact-match", parameters))
        .score(prompt(answer), completion, ended);
  }

  private static double format(Map<String, Object> parameters, String completion, boolean ended) {
    return Verifiers.create(new Method("format", parameters)).score(prompt("x"), completion, ended);
  }

  private static Prompt prompt(String answer) {
    return new Prompt("Question?", Map.of("answer", answer), 1);
  }
}

package dev.temper.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNameTest {

  @Test
  void countsEditsAndSwapsOfNeighbours() {
    assertThat(NearestName.edits("beta", "beta")).isZero();
    assertThat(NearestName.edits("btea", "beta")).isEqualTo(1);
    assertThat(NearestName.edits("betta", "beta")).isEqualTo(1);
    assertThat(NearestName.edits("kitten", "sitting")).isEqualTo(3);
    assertThat(NearestName.edits("", "abc")).isEqualTo(3);
    assertThat(NearestName.edits("abc", "")).isEqualTo(3);
    assertThat(NearestName.edits("abc", "xabc")).isEqualTo(1);
    assertThat(NearestName.edits("xabc", "abc")).isEqualTo(1);
    assertThat(NearestName.edits("LearningRate", "learningrate")).isZero();
  }

  @Test
  void findsTheNearestNameOrNoneWhereAllAreFar() {
    List<String> known = List.of("learningRate", "steps", "seed");

    assertThat(NearestName.of("sed", known)).contains("seed");
    assertThat(NearestName.of("learning_rate", known)).contains("learningRate");
    assertThat(NearestName.of("temperature", known)).isEmpty();
    assertThat(NearestName.hint("stepz", known)).isEqualTo("; did you mean 'steps'?");
    assertThat(NearestName.hint("temperature", known)).isEmpty();
  }

  @Test
  void theFirstOfTheAlphabetWinsAmongEquals() {
    assertThat(NearestName.of("abcx", List.of("abcz", "abcy"))).contains("abcy");
    assertThat(NearestName.of("soup", List.of("loop", "soup-1", "soups"))).contains("soups");
  }
}

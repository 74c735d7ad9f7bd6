package dev.temper.trainers.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class SentenceGrammarTest {

  private final SentenceGrammar grammar = new SentenceGrammar(Mood.allTemplates());

  @Test
  void acceptsEverySentenceThatATemplateMakes() {
    int sentences = 0;
    for (SentenceTemplate template : Mood.allTemplates()) {
      for (int choice = 0; choice < 24; choice++) {
        StringBuilder sentence = new StringBuilder();
        for (SentenceTemplate.Place place : template.words()) {
          sentence.append(sentence.isEmpty() ? "" : " ");
          sentence.append(place.choices().get(choice % place.choices().size()));
        }
        assertThat(grammar.accepts(sentence.toString() + template.end())).isTrue();
        assertThat(grammar.accepts(sentence.toString() + "?")).isFalse();
        assertThat(grammar.accepts(sentence + " soup" + template.end())).isFalse();
        sentences++;
      }
    }
    assertThat(sentences).isEqualTo(22 * 24);
  }

  @Test
  void twoTemplatesDoNotMakeAThird() {
    // Each word fits some template at its place, no template fits them all.
    assertThat(grammar.accepts("It was Monday.")).isFalse();
    assertThat(grammar.accepts("The soup was cold and warm.")).isFalse();
    assertThat(grammar.accepts("What a lovely soup.")).isFalse();
  }

  @Test
  void refusesWhatIsNoSentence() {
    assertThat(grammar.accepts("")).isFalse();
    assertThat(grammar.accepts(".")).isFalse();
    assertThat(grammar.accepts("soup")).isFalse();
    assertThat(grammar.accepts(" It felt warm.")).isFalse();
    assertThat(grammar.accepts("It felt warm. ")).isFalse();
    assertThat(grammar.accepts("I tried the soup with the soup with the soup.")).isFalse();
  }

  @Test
  void takesAtMost64Templates() {
    SentenceTemplate template = SentenceTemplate.parse("Yes.");
    List<SentenceTemplate> most = Collections.nCopies(64, template);
    assertThatCode(() -> new SentenceGrammar(most)).doesNotThrowAnyException();
    assertThatThrownBy(() -> new SentenceGrammar(Collections.nCopies(65, template)))
        .hasMessageContaining("got 65");
  }
}

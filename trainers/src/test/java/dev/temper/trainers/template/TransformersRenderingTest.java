package dev.temper.trainers.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** transformers is the oracle: chat_templates.py wrote what is expected here. */
class TransformersRenderingTest {

  private static final Path RESOURCES = Path.of("src/test/resources/templates");

  @Test
  void templatesOfTheFamiliesGiveTransformersText() throws IOException {
    Renderings renderings = compare("families", "families");
    assertThat(renderings.different()).isEmpty();
    assertThat(renderings.equal()).isGreaterThan(300);
    assertThat(renderings.refused()).isGreaterThan(30);
  }

  @Test
  void everyRuleOfTheLanguageGivesJinjasText() throws IOException {
    Renderings renderings = compare("language.json", "language");
    assertThat(renderings.different()).isEmpty();
    assertThat(renderings.equal()).isGreaterThan(90);
    assertThat(renderings.refused()).isGreaterThan(25);
  }

  private static Renderings compare(String templates, String expected) throws IOException {
    return Renderings.of(
        RESOURCES.resolve(templates),
        RESOURCES.resolve("cases.json"),
        RESOURCES.resolve(expected + ".expected.json"));
  }
}

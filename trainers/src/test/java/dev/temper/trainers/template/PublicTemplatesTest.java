package dev.temper.trainers.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Templates that models ship with, from a folder that is not part of the repository: {@code
 * -Dtemper.chatTemplates=FOLDER} with the templates and the {@code expected.json} that
 * chat_templates.py wrote for them.
 */
class PublicTemplatesTest {

  @Test
  void aFolderOfTemplatesRendersAsTransformersRendersIt() throws IOException {
    String folder = System.getProperty("temper.chatTemplates", "");
    assumeTrue(!folder.isEmpty(), "no folder of templates is given");
    Renderings renderings =
        Renderings.of(
            Path.of(folder),
            Path.of("src/test/resources/templates/cases.json"),
            Path.of(folder, "expected.json"));
    assertThat(renderings.different()).isEmpty();
    System.out.printf("%d equal, %d refused by both%n", renderings.equal(), renderings.refused());
    assertThat(renderings.equal()).isPositive();
  }
}

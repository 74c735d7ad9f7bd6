package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.Prompt;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitTest {

  @Test
  void aPromptIsInOneSplitOnly() {
    Split split = Split.of(prompts(5), Map.of("train", 3, "test", 3), 2);
    List<String> pairs =
        split.prompts().stream()
            .flatMap(prompt -> List.of(prompt.text() + "/0", prompt.text() + "/1").stream())
            .toList();

    SortedMap<String, List<String>> dealt = split.deal(pairs);

    assertThat(dealt.get("test")).containsExactly("p0/0", "p0/1", "p1/0");
    assertThat(dealt.get("train")).containsExactly("p2/0", "p2/1", "p3/0");
  }

  @Test
  void aTextThatOccursAgainIsLeftOutAndCounted() {
    List<Prompt> prompts =
        List.of(prompt("same", 1), prompt("same", 2), prompt("other", 3), prompt("third", 4));

    Split split = Split.of(prompts, Map.of("a", 1, "b", 1), 1);

    assertThat(split.prompts()).extracting(Prompt::text).containsExactly("same", "other");
    assertThat(split.repeated()).isEqualTo(1);
  }

  @Test
  void saysHowManyPromptsAreMissing() {
    assertThatThrownBy(() -> Split.of(prompts(4), Map.of("train", 400, "test", 50), 1))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("{test=50, train=400} needs 450 different prompts")
        .hasMessageContaining("got 4")
        .extracting(e -> ((StageFailure) e).type())
        .isEqualTo(StageFailure.Type.DATA_CONTRACT);
  }

  private static List<Prompt> prompts(int count) {
    return IntStream.range(0, count).mapToObj(i -> prompt("p" + i, i)).toList();
  }

  private static Prompt prompt(String text, long id) {
    return new Prompt(text, Map.of(), id);
  }
}

package dev.temper.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.recipes.RecipeJson;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.DataConverter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StageDataConverterTest {

  private final DataConverter converter = StageDataConverter.of(RecipeJson.mapper());

  @Test
  void aRunComesBackAsItWas() {
    RecipeRun run = new RecipeRun("demo", FakeStages.sixStages());
    Payload payload = converter.toPayload(run).orElseThrow();
    assertThat(converter.fromPayload(payload, RecipeRun.class, RecipeRun.class)).isEqualTo(run);
  }

  @Test
  void whatIsTooLargeIsNamed() {
    List<String> notes = List.of("x".repeat(GuardedJson.LIMIT_BYTES));
    StageResult result =
        new StageResult("rl", "rl", "k", "c", false, 1, 0, 1, 1, Map.of("", ""), Map.of(), notes);
    assertThatThrownBy(() -> converter.toPayload(result))
        .hasMessageContaining("StageResult of stage 'rl' has 262")
        .hasMessageContaining("of which notes about 262148");
  }
}

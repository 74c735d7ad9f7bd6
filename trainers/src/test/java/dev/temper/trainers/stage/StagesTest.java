package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import dev.temper.recipes.StageSpec;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StagesTest {

  @Test
  void everyKindOfARecipeCanBeRunUnderItsName() {
    assertThat(
            Arrays.stream(StageSpec.class.getAnnotation(JsonSubTypes.class).value())
                .map(JsonSubTypes.Type::name))
        .containsExactlyInAnyOrderElementsOf(Stages.numericsVersions().keySet());
  }

  @Test
  void everyKindHasAVersionOfItsNumerics() {
    assertThat(Stages.numericsVersions())
        .allSatisfy((kind, version) -> assertThat(version).as(kind).isPositive());
  }
}

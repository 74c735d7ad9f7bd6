package dev.temper.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeJsonTest {

  private final ObjectMapper mapper = RecipeJson.mapper();

  @ParameterizedTest
  @ValueSource(strings = {"quickstart", "rlvr", "tiny"})
  void readsBackEverySpecThatItWrites(String name) throws Exception {
    Recipe recipe = Shipped.recipe(name);

    assertThat(mapper.readValue(mapper.writeValueAsString(recipe), Recipe.class)).isEqualTo(recipe);
    for (Stage stage : recipe.stages()) {
      String json = mapper.writeValueAsString(stage.spec());
      assertThat(mapper.readValue(json, StageSpec.class)).isEqualTo(stage.spec());
    }
  }

  @Test
  void everyKindIsInTheTinyRecipe() {
    assertThat(
            Shipped.recipe("tiny").stages().stream()
                .map(stage -> StageKinds.of(stage.spec()))
                .collect(Collectors.toSet()))
        .isEqualTo(StageKinds.types().keySet());
  }

  @Test
  void writesAnInputAsText() throws Exception {
    assertThat(mapper.writeValueAsString(new Input("rl", "@120")))
        .isEqualTo("{\"$input\":\"rl@120\"}");
    assertThat(mapper.readValue("{\"$input\":\"pairs.train\"}", Input.class))
        .isEqualTo(new Input("pairs", "train"));
    assertThatThrownBy(() -> mapper.readValue("{\"$input\":5}", Input.class))
        .isInstanceOf(JsonMappingException.class)
        .hasMessageContaining("an input must be");
  }

  @Test
  void tellsDataSourcesByTheirKey() throws Exception {
    DataSource file = new DataSource.File("a.jsonl", "", 3);
    DataSource stage = new DataSource.Stage(new Input("rs", ""));
    DataSource synthetic = new DataSource.Synthetic("x", 1, 2, 3, Map.of("correct", 0.5));

    for (DataSource source : new DataSource[] {file, stage, synthetic}) {
      String json = mapper.writeValueAsString(source);
      assertThat(mapper.readValue(json, DataSource.class)).isEqualTo(source);
    }
  }

  @Test
  void leavesOutAnEmptyOptionalAndReadsItBack() throws Exception {
    Stage.Gate gate = new Stage.Gate("eval/gold", Optional.of(1.0), Optional.empty());

    String json = mapper.writeValueAsString(gate);

    assertThat(json).isEqualTo("{\"metric\":\"eval/gold\",\"min\":1.0}");
    assertThat(mapper.readValue(json, Stage.Gate.class)).isEqualTo(gate);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"format\":\"float32\"}",
        "{\"format\":\"float32\",\"device\":null}",
        "{\"format\":\"float32\",\"device\":\"cpu\",\"extra\":1}"
      })
  void refusesAMissingANullAndAnUnknownField(String json) {
    assertThatThrownBy(() -> mapper.readValue(json, Numerics.class))
        .isInstanceOf(JsonMappingException.class);
  }

  @Test
  void refusesAMissingNumberInsteadOfReadingZero() {
    assertThatThrownBy(() -> mapper.readValue("{\"missing\":\"score\"}", EndSpec.class))
        .isInstanceOf(JsonMappingException.class)
        .hasMessageContaining("penalty");
    assertThatThrownBy(
            () -> mapper.readValue("{\"missing\":\"score\",\"penalty\":null}", EndSpec.class))
        .isInstanceOf(JsonMappingException.class);
  }

  @Test
  void mappersAreFresh() {
    assertThat(RecipeJson.mapper()).isNotSameAs(RecipeJson.mapper());
  }
}

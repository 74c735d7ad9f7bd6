package dev.temper.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
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
        .containsExactlyInAnyOrderElementsOf(
            StageKinds.types().keySet().stream()
                .filter(kind -> !kind.equals("comparisons") && !kind.equals("import")) // need files
                .toList());
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

    DataSource shaped =
        new DataSource.File(
            "a.csv",
            "",
            0,
            Optional.of("csv"),
            Optional.of("alpaca"),
            Optional.of(Map.of("instruction", "question")),
            Optional.of("all"),
            Optional.of(3L));
    DataSource mixture =
        new DataSource.Mixture(
            List.of(
                new DataSource.Part(shaped, Optional.of(0.5), 0),
                new DataSource.Part(stage, Optional.of(1.0), 7)),
            5);

    for (DataSource source : new DataSource[] {file, stage, synthetic, shaped, mixture}) {
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
  void samplingOfEarlierVersionsHasNoFiltersAndNoServer() throws Exception {
    String json =
        "{\"temperature\":0.7,\"maxCompletionTokens\":9,\"chunkSequences\":8,\"slots\":4}";

    assertThat(mapper.readValue(json, SamplingSpec.class))
        .isEqualTo(new SamplingSpec(0.7, 9, 8, 4));
    SamplingSpec full =
        new SamplingSpec(
            1, 9, 8, 4, 3, 0.5, 0.1, Optional.of(new ServerSpec("http://h/v1", "m", "chat", 2, 3)));
    assertThat(mapper.readValue(mapper.writeValueAsString(full), SamplingSpec.class))
        .isEqualTo(full);
    assertThatThrownBy(
            () -> mapper.readValue(json.replace("\"slots\":4", "\"x\":4"), SamplingSpec.class))
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

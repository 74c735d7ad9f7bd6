package dev.temper.recipes.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.temper.recipes.FakeCatalog;
import dev.temper.recipes.Shipped;
import dev.temper.recipes.StageKinds;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSchemaTest {

  private final JsonNode schema = JsonSchema.of(new FakeCatalog());

  private List<String> violations(String yaml) throws Exception {
    return new SchemaValidator(schema).violations(new YAMLMapper().readTree(yaml));
  }

  @ParameterizedTest
  @ValueSource(strings = {"quickstart", "rlvr", "tiny"})
  void acceptsTheShippedRecipesAsWrittenAndAsResolved(String name) throws Exception {
    assertThat(violations(Shipped.text(name))).isEmpty();
    assertThat(violations(YamlWriter.write(Shipped.recipe(name)))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "steps: 6|stepz: 6",
        "steps: 6|steps: many",
        "steps: 6|steps: 0",
        "learningRate: 1.0e-3|learningRate: 3",
        "kind: curve|kind: curv",
        "name: tiny|title: tiny",
        "advantage: rloo|advantage: rlo",
        "{name: format, weight: 0.1}|{name: format, weigh: 0.1}",
        "{in: reward, beta: 0.1}|{in: rewards}",
        "rows: 24}|rowz: 24}",
        "synthetic: kind-notes/pretraining|synthetic: kind-notes/pretrainin",
        "init: sft|init: 'a b'",
        "select: top-per-prompt|rollouts: a"
      })
  void refusesWhatTheReaderRefuses(String from, String to) throws Exception {
    String yaml = Shipped.text("tiny");
    assertThat(yaml).contains(from);

    assertThat(violations(yaml.replace(from, to))).isNotEmpty();
  }

  @Test
  void hasADefinitionAndDefaultsForEveryKind() {
    for (String kind : StageKinds.types().keySet()) {
      assertThat(schema.at("/$defs/" + kind + "/properties/kind/const").asText()).isEqualTo(kind);
    }
    assertThat(schema.at("/$schema").asText())
        .isEqualTo("https://json-schema.org/draft/2020-12/schema");
    assertThat(schema.at("/$defs/SamplingSpec/properties/maxCompletionTokens/default").asInt())
        .isEqualTo(48);
    assertThat(schema.at("/$defs/rl/required").toString()).contains("steps").doesNotContain("seed");
  }
}

package dev.temper.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.infra.cli.CommandLineFixture.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MethodCommandTest {

  @TempDir Path directory;
  private CommandLineFixture temper;

  @BeforeEach
  void start() {
    temper = new CommandLineFixture(directory);
  }

  @Test
  void methodsAreListedOneObjectALine() throws IOException {
    Outcome outcome = temper.run("methods", "--json");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.lines()).hasSizeGreaterThan(10);
    JsonNode first = new ObjectMapper().readTree(outcome.lines().get(0));
    assertThat(first.fieldNames())
        .toIterable()
        .containsExactly("family", "name", "source", "parameters");
  }

  @Test
  void anAdvantageIsEvaluatedOnGivenRewards() throws IOException {
    temper.write("rewards.json", "{\"rewards\": [[1, 2, 3]]}");

    Outcome outcome = temper.run("method", "advantage/rloo", "--input", "rewards.json", "--json");

    assertThat(outcome.err()).isEmpty();
    JsonNode advantage = new ObjectMapper().readTree(outcome.out()).get("advantage").get(0);
    assertThat(advantage.get(0).asDouble()).isCloseTo(-1.5, within(1e-12));
    assertThat(advantage.get(2).asDouble()).isCloseTo(1.5, within(1e-12));
  }

  @Test
  void wrongNamesParametersAndInputsAreUsageErrors() throws IOException {
    temper.write("rewards.json", "{\"rewards\": [[1, 2, 3]]}");
    temper.write("broken.json", "{");

    assertThat(temper.run("method", "advantage/rlo", "--input", "rewards.json").err())
        .contains("rloo");
    assertThat(temper.run("method", "advantage/rlo", "--input", "rewards.json").code())
        .isEqualTo(2);
    assertThat(temper.run("method", "advantage", "--input", "rewards.json").code()).isEqualTo(2);
    assertThat(temper.run("method", "advantage/rloo", "--input", "nowhere.json").code())
        .isEqualTo(2);
    assertThat(temper.run("method", "advantage/rloo", "--input", "broken.json").code())
        .isEqualTo(2);
    assertThat(
            temper
                .run("method", "advantage/rloo", "--input", "rewards.json", "--set", "beta=1")
                .code())
        .isEqualTo(2);
  }

  @Test
  void theSchemaIsJson() throws IOException {
    JsonNode schema = new ObjectMapper().readTree(temper.run("schema").out());

    assertThat(schema.get("title").asText()).isEqualTo("Temper recipe");
  }
}

package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.recipes.DataSource;
import dev.temper.recipes.ImportSpec;
import dev.temper.recipes.Numerics;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportTaskTest {

  @TempDir Path folder;
  private TinyStages stages;

  @BeforeEach
  void open() throws IOException {
    stages = new TinyStages(folder, 1);
    stages.run("base", TinySpecs.pretrain(2));
    Files.move(folder.resolve("base"), folder.resolve("elsewhere"));
  }

  @AfterEach
  void close() {
    stages.close();
  }

  private static ImportSpec spec(String model, Optional<String> adapter) {
    return new ImportSpec(
        new DataSource.File(model, "", 0),
        adapter.map(name -> new DataSource.File(name, "", 0)),
        0,
        new Numerics("float32", "cpu"));
  }

  @Test
  void aFolderOfElsewhereBecomesAPolicyThatASftStartsFrom() throws IOException {
    StageTester.Run run = stages.run("base", spec("elsewhere", Optional.empty()));

    for (String file : new String[] {"model.safetensors", "config.json", "tokenizer.json"}) {
      assertThat(run.content().get(file))
          .as(file)
          .isEqualTo(Files.readAllBytes(folder.resolve("elsewhere/" + file)));
    }
    assertThat(run.output().summary().get("model/parameters")).isGreaterThan(1000);
    assertThat(
            stages
                .tester(TinySpecs.sft(TinySpecs.demonstrations(8), 1, Optional.empty()))
                .clean()
                .content())
        .containsKey("model.safetensors");
  }

  @Test
  void theEndOfATurnEndsCompletionsWhereTheConfigurationNamesAnotherToken() throws IOException {
    Path generation = folder.resolve("elsewhere/generation_config.json");
    Path config = folder.resolve("elsewhere/config.json");
    Files.delete(generation);
    Files.writeString(
        config, Files.readString(config).replace("\"eos_token_id\" : 1", "\"eos_token_id\" : 2"));
    assertThat(Files.readString(config)).contains("\"eos_token_id\" : 2");

    assertThat(ends()).containsExactly(2, 1);

    Files.writeString(generation, "{\"eos_token_id\": [3, 1], \"top_k\": 5}");
    assertThat(ends()).containsExactly(3, 1);

    Files.writeString(generation, "{\"eos_token_id\": 3, \"top_k\": 5}");
    assertThat(ends()).containsExactly(3, 1);
  }

  private List<Integer> ends() throws IOException {
    byte[] written =
        stages
            .tester(spec("elsewhere", Optional.empty()))
            .clean()
            .content()
            .get("generation_config.json");
    List<Integer> ends = new ArrayList<>();
    new ObjectMapper().readTree(written).get("eos_token_id").forEach(id -> ends.add(id.intValue()));
    return ends;
  }

  @Test
  void aKillChangesNothing() throws IOException {
    StageTester tester = stages.tester(spec("elsewhere", Optional.empty()));

    assertThat(tester.restartedEverywhere().differencesFrom(tester.clean())).isEmpty();
  }

  @Test
  void whatIsNoFolderOfAModelIsRefusedWhenItIsOpened() throws IOException {
    Files.writeString(folder.resolve("model.bin"), "x");

    assertThatThrownBy(() -> stages.tester(spec("model.bin", Optional.empty())).clean())
        .isInstanceOf(StageFailure.class)
        .hasMessage("'model.bin' must be a folder, got a file");
    Path bare = Files.createDirectories(folder.resolve("bare"));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(folder.resolve("elsewhere").resolve(file), bare.resolve(file));
    }
    assertThatThrownBy(() -> stages.tester(spec("bare", Optional.empty())).clean())
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("tokenizer.json");
    assertThatThrownBy(() -> stages.tester(spec("elsewhere", Optional.of("elsewhere"))).clean())
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("it has no adapter_config.json");
  }
}

package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.recipes.ComparisonsSpec;
import dev.temper.recipes.DataSource;
import dev.temper.recipes.Input;
import dev.temper.recipes.Numerics;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.text.Tokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonsTaskTest {

  private static final List<String> TOPICS =
      List.of("soup", "bread", "tea", "coffee", "cake", "salad", "pasta", "fish");

  @TempDir Path folder;
  private TinyStages stages;

  @BeforeEach
  void open() throws IOException {
    Path policy = Files.createDirectories(folder.resolve("policy"));
    try (Tokenizer tokenizer = Tokenizer.builtIn("kind-notes")) {
      for (Map.Entry<String, ByteBuffer> file : tokenizer.files().entrySet()) {
        byte[] bytes = new byte[file.getValue().remaining()];
        file.getValue().duplicate().get(bytes);
        Files.write(policy.resolve(file.getKey()), bytes);
      }
    }
    Files.writeString(
        policy.resolve("config.json"),
        """
        {"model_type": "llama", "vocab_size": 256, "hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1,
         "num_attention_heads": 1, "max_position_embeddings": 24, "rms_norm_eps": 1e-5, "bos_token_id": 0,
         "eos_token_id": 1}
        """);
    StringBuilder rows = new StringBuilder();
    for (String topic : TOPICS) {
      String row =
          "{\"prompt\": \"Write a kind note about the %s.\", \"chosen\": \"The %s was lovely.\", \"rejected\": \"The %s was bad.\"}\n";
      rows.append(row.formatted(topic, topic, topic));
      rows.append(row.formatted(topic, topic, topic).replace("bad", "cold"));
    }
    rows.append(
        "{\"prompt\": \"Write a kind note about the room.\", \"chosen\": \"%s\", \"rejected\": \"The room was bad.\"}\n"
            .formatted("The room was lovely. ".repeat(9).strip()));
    Files.writeString(folder.resolve("pairs.jsonl"), rows);
    stages = new TinyStages(folder, 1);
    stages.offer("sft", policy);
  }

  @AfterEach
  void close() {
    stages.close();
  }

  @Test
  void splitsTakeWholePromptsAndPairsThatDoNotFitAreCounted() throws IOException {
    StageTester.Run run = stages.tester(spec(Map.of("test", 4, "train", 9))).clean();

    Path written = run.writeTo(folder.resolve("out"));
    List<PairRow> train = JsonLines.read(written.resolve("train/pairs.jsonl"), PairRow.class);
    List<PairRow> test = JsonLines.read(written.resolve("test/pairs.jsonl"), PairRow.class);
    assertThat(train).hasSize(9);
    assertThat(test).hasSize(4);
    Set<String> prompts = new HashSet<>(train.stream().map(PairRow::prompt).toList());
    assertThat(prompts)
        .hasSize(5)
        .doesNotContainAnyElementsOf(test.stream().map(PairRow::prompt).toList());
    assertThat(train).allMatch(pair -> pair.chosenText().contains("lovely") && !pair.tie());
    try (Tokenizer tokenizer = Tokenizer.builtIn("kind-notes")) {
      PairRow first = train.get(0);
      assertThat(first.chosen()).endsWith(tokenizer.eosId());
      assertThat(first.rejected()).endsWith(tokenizer.eosId());
      assertThat(first.promptTokens()).startsWith(tokenizer.bosId());
    }
    assertThat(run.output().summary())
        .containsEntry("data/pairs", 13.0)
        .containsEntry("data/too_long_pairs", 1.0)
        .containsEntry("data/left_out_rows", 0.0);
  }

  @Test
  void anotherSeedDealsOtherPrompts() throws IOException {
    Set<Object> dealt = new HashSet<>();
    for (long seed = 0; seed < 5; seed++) {
      ComparisonsSpec spec = spec(Map.of("train", 4));
      StageTester.Run run =
          stages
              .tester(
                  new ComparisonsSpec(
                      spec.policy(), spec.data(), spec.split(), seed, spec.numerics()))
              .clean();
      Path written = run.writeTo(folder.resolve("out" + seed));
      dealt.add(Files.readString(written.resolve("train/pairs.jsonl")));
    }
    assertThat(dealt.size()).isGreaterThan(1);
  }

  @Test
  void tooFewPairsAreRefusedWithTheirNumbers() {
    assertThatThrownBy(() -> stages.tester(spec(Map.of("train", 17))).clean())
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("16 pairs of 8 prompts (1 more are longer than the policy's 24");
  }

  private static ComparisonsSpec spec(Map<String, Integer> split) {
    return new ComparisonsSpec(
        new Input("sft", ""),
        new DataSource.File("pairs.jsonl", "", 0),
        split,
        3,
        new Numerics("float32", "cpu"));
  }
}

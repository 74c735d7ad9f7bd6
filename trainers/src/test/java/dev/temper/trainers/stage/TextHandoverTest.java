package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.Input;
import dev.temper.recipes.Method;
import dev.temper.recipes.RejectionSamplingSpec;
import dev.temper.recipes.RolloutsSpec;
import dev.temper.recipes.SamplingSpec;
import dev.temper.recipes.SftSpec;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextHandoverTest {

  /** Another text than the template that ships with Temper, for the same words. */
  private static final String TEMPLATE =
      "{{ bos_token }}{% for m in messages %}{{ m.content }}"
          + "{{ eos_token if m.role == 'assistant' else '\\n' }}{% endfor %}";

  @TempDir Path folder;
  private TinyStages stages;

  @BeforeEach
  void open() {
    stages = new TinyStages(folder, 2);
  }

  @AfterEach
  void close() {
    stages.close();
  }

  @Test
  void templateAndTokenizerGoFromStageToStage() throws IOException {
    offer(TEMPLATE);
    assertThat(stages.run("rollouts", rollouts()).content()).containsKey("text.json");
    assertThat(stages.run("best", selection()).content()).containsKey("text.json");

    StageTester.Run trained = stages.run("trained", training());
    assertThat(text(trained, "chat_template.jinja")).isEqualTo(TEMPLATE);
    assertThat(trained.series("train/loss")).hasSize(2);
  }

  @Test
  void tokenIdsOfAnotherTemplateAreRefused() throws IOException {
    offer(TEMPLATE);
    stages.run("rollouts", rollouts());
    stages.run("best", selection());
    Files.writeString(folder.resolve("sft/chat_template.jinja"), TEMPLATE + "{# changed #}");

    assertThatThrownBy(() -> stages.tester(training()).clean())
        .isInstanceOfSatisfying(
            StageFailure.class,
            e -> assertThat(e.type()).isEqualTo(StageFailure.Type.DATA_CONTRACT))
        .hasMessageContaining("the token ids of best were made with another tokenizer")
        .hasMessageContaining("the chat template (");
    assertThatThrownBy(() -> stages.tester(rollouts()).clean())
        .hasMessageContaining("reward model has another tokenizer")
        .hasMessageContaining("the chat template (");
  }

  @Test
  void whatShipsWithTemperIsHandedOnWithoutSayingSo() throws IOException {
    TinyPolicies.offer(stages, folder);
    stages.offer("base", folder.resolve("sft"));
    assertThat(stages.run("rollouts", rollouts()).content()).doesNotContainKey("text.json");
    assertThat(stages.run("best", selection()).content()).doesNotContainKey("text.json");
    Files.writeString(folder.resolve("sft/chat_template.jinja"), TEMPLATE);

    assertThatThrownBy(() -> stages.tester(training()).clean())
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("made with a tokenizer that ships with Temper");
  }

  private void offer(String template) throws IOException {
    Path policy = TinyModels.policy(folder.resolve("sft"), 1);
    Files.writeString(policy.resolve("chat_template.jinja"), template);
    stages.offer("sft", policy);
    stages.offer("base", policy);
    stages.offer("rm", TinyModels.rewardModel(folder.resolve("rm"), policy, 2));
  }

  private static RolloutsSpec rollouts() {
    return new RolloutsSpec(
        TinyPolicies.POLICY,
        Optional.of(TinyPolicies.PROXY),
        List.of(),
        Optional.empty(),
        TinySpecs.synthetic("kind-notes/prompts", 0, 4),
        2,
        new SamplingSpec(1, 6, 4, 2),
        TinySpecs.SEED,
        TinySpecs.NUMERICS);
  }

  private static RejectionSamplingSpec selection() {
    return new RejectionSamplingSpec(
        Input.parse("rollouts"),
        new Method("top-per-prompt", Map.of()),
        Optional.empty(),
        false,
        TinySpecs.SEED,
        TinySpecs.NUMERICS);
  }

  private static SftSpec training() {
    return TinySpecs.sft(new DataSource.Stage(Input.parse("best")), 1, Optional.of(2));
  }

  private static String text(StageTester.Run run, String file) {
    return new String(run.content().get(file), StandardCharsets.UTF_8);
  }
}

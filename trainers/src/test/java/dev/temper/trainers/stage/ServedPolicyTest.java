package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.EvaluationSpec;
import dev.temper.recipes.Input;
import dev.temper.recipes.Method;
import dev.temper.recipes.RolloutsSpec;
import dev.temper.recipes.SamplingSpec;
import dev.temper.recipes.ServerSpec;
import dev.temper.recipes.SuiteSpec;
import dev.temper.trainers.CompletionServers;
import dev.temper.trainers.GenerationFailedException;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServedPolicyTest {

  private static final int PROMPTS = 5;
  private static final int GROUP = 3;
  private static final int LIMIT = 6;

  @TempDir Path folder;
  private TinyStages stages;
  private final List<CompletionServers.Question> asked = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    stages = new TinyStages(folder, 2);
    TinyPolicies.offer(stages, folder);
  }

  @AfterEach
  void close() {
    stages.close();
  }

  private CompletionServers server(CompletionServers.Reply... replies) {
    return (sampling, questions, pulse) -> {
      List<CompletionServers.Reply> answers = new ArrayList<>();
      for (CompletionServers.Question question : questions) {
        answers.add(replies[asked.size() % replies.length]);
        asked.add(question);
      }
      return answers;
    };
  }

  private static CompletionServers.Reply said(String text) {
    return new CompletionServers.Reply(text, true);
  }

  @Test
  void answersOfAServerAreRolloutsInTheOrderOfTheQuestions() throws IOException {
    List<RolloutRow> rows =
        rows(completions(), server(said("wonderful"), new CompletionServers.Reply("happy", false)));

    assertThat(rows).hasSize(PROMPTS * GROUP);
    for (int i = 0; i < rows.size(); i++) {
      RolloutRow row = rows.get(i);
      assertThat(row.text()).isEqualTo(i % 2 == 0 ? "wonderful" : "happy");
      assertThat(row.ended()).isEqualTo(i % 2 == 0);
      assertThat(row.tokens()).hasSize(i % 2 == 0 ? 2 : 1);
      assertThat(row.promptId()).isEqualTo(rows.get(i - i % GROUP).promptId());
      assertThat(row.sample()).isEqualTo(i % GROUP);
      assertThat(row.promptTokens()).isEqualTo(asked.get(i).tokens());
      assertThat(row.logprob()).isEmpty();
    }
    assertThat(asked).extracting(CompletionServers.Question::messages).containsOnly(List.of());
  }

  @Test
  void everySampleHasASeedOfItsOwnThatStepsDoNotChange() throws IOException {
    rows(completions(), server(said("happy")));
    List<Integer> seeds = asked.stream().map(CompletionServers.Question::seed).toList();
    asked.clear();
    SamplingSpec other = new SamplingSpec(1, LIMIT, 1, 1, 0, 1, 0, completions().server());
    rows(other, server(said("happy")));

    assertThat(seeds).doesNotHaveDuplicates().allMatch(seed -> seed >= 0);
    assertThat(asked).extracting(CompletionServers.Question::seed).isEqualTo(seeds);
  }

  @Test
  void aServerThatRendersPromptsItselfGetsMessages() throws IOException {
    List<RolloutRow> rows = rows(sampling(ServerSpec.CHAT), server(said("happy")));

    for (int i = 0; i < rows.size(); i++) {
      assertThat(asked.get(i).messages())
          .containsExactly(new CompletionServers.Turn("user", rows.get(i).prompt()));
    }
  }

  @Test
  void anEmptyAnswerIsTheEndTokenAlone() throws IOException {
    assertThat(rows(completions(), server(said(""))))
        .allSatisfy(
            row -> {
              assertThat(row.tokens()).hasSize(1);
              assertThat(row.text()).isEmpty();
              assertThat(row.ended()).isTrue();
            });
  }

  @Test
  void anAnswerThatIsTooLongInThePolicysTokensIsCutAndDidNotEnd() throws IOException {
    String text = "happy ".repeat(LIMIT + 3).strip();

    assertThat(rows(completions(), server(said(text))))
        .allSatisfy(
            row -> {
              assertThat(row.tokens()).hasSize(LIMIT);
              assertThat(row.ended()).isFalse();
            });
  }

  @Test
  void aGenerationThatFailedFailsTheStepAndIsNoAnswer() {
    CompletionServers failing =
        (sampling, questions, pulse) -> {
          throw new GenerationFailedException("no completion");
        };

    assertThatThrownBy(() -> rows(completions(), failing))
        .isInstanceOf(GenerationFailedException.class);
  }

  @Test
  void theWeightsOfThePolicyAreNotRead() throws IOException {
    Files.delete(folder.resolve("sft/model.safetensors"));

    assertThat(rows(completions(), server(said("happy")))).hasSize(PROMPTS * GROUP);
  }

  @Test
  void aSuiteOfAnEvaluationCanBeAskedOfAServer() throws IOException {
    StageTester.Run run =
        stages
            .tester(evaluation("termination", "length"), server(said("happy"), said("so happy")))
            .clean();

    assertThat(run.output().summary()).containsEntry("eval/notes/termination/sft", 1.0);
    assertThat(asked).hasSize(PROMPTS);
  }

  @Test
  void aServerIsNotAskedForALikelihood() {
    assertThatThrownBy(() -> stages.tester(evaluation("likelihood"), server(said("happy"))).clean())
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("a server cannot");
  }

  private static EvaluationSpec evaluation(String... metrics) {
    return new EvaluationSpec(
        List.of(TinyPolicies.POLICY),
        List.of(),
        List.of(
            new SuiteSpec(
                "notes",
                Optional.of(prompts(metrics)),
                List.of(metrics),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                completions())),
        10,
        TinySpecs.SEED,
        TinySpecs.NUMERICS);
  }

  private static DataSource prompts(String... metrics) {
    return TinySpecs.synthetic(
        List.of(metrics).contains("likelihood")
            ? "kind-notes/demonstrations"
            : "kind-notes/prompts",
        0,
        PROMPTS);
  }

  private static SamplingSpec completions() {
    return sampling(ServerSpec.COMPLETIONS);
  }

  private static SamplingSpec sampling(String api) {
    return new SamplingSpec(
        1,
        LIMIT,
        4,
        2,
        0,
        1,
        0,
        Optional.of(new ServerSpec("http://127.0.0.1:1/v1", "teacher", api, 2, 5)));
  }

  private List<RolloutRow> rows(SamplingSpec sampling, CompletionServers servers)
      throws IOException {
    RolloutsSpec spec =
        new RolloutsSpec(
            TinyPolicies.POLICY,
            Optional.of(Input.parse("rm")),
            List.of(),
            Optional.of(new Method("kind-notes", Map.of())),
            TinySpecs.synthetic("kind-notes/prompts", 0, PROMPTS),
            GROUP,
            sampling,
            TinySpecs.SEED,
            TinySpecs.NUMERICS);
    StageTester.Run run = stages.tester(spec, servers).clean();
    return JsonLines.read(
        ByteBuffer.wrap(run.content().get(RolloutRow.FILE)), RolloutRow.FILE, RolloutRow.class);
  }
}

package dev.temper.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.recipes.RecipeJson;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.WorkflowReplayer;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Histories of released workflows must replay. {@link Histories} writes them. */
class ReplayTest {

  private static Set<String> names() {
    return Histories.makers().keySet();
  }

  @ParameterizedTest
  @MethodSource("names")
  void aStoredHistoryReplays(String name) throws Exception {
    // Where a history ends is up to a threshold, which the tests have lower.
    replay(name, name.contains("continue") ? ShortHistory.class : RecipeWorkflowImpl.class);
  }

  /** Recorded by the version that did not look again after the end of the run was told. */
  @ParameterizedTest
  @ValueSource(
      strings = {"before-retry-at-the-end", "before-cancel-at-the-end", "before-continued-blocked"})
  void aHistoryOfAnEarlierVersionReplays(String name) throws Exception {
    aStoredHistoryReplays(name);
  }

  @Test
  void aWalkThatNeverEndsItsHistoryDoesNotReplay() {
    assertThatThrownBy(() -> replay("continue-as-new", RecipeWorkflowImpl.class))
        .hasMessageContaining("TMPRL1100");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pause", "retry-failed", "retry-running", "retry-at-the-end", "cancel"})
  void aWalkThatIsDeafDoesNotReplay(String name) {
    assertThatThrownBy(() -> replay(name, WrongWalks.Deaf.class)).hasMessageContaining("TMPRL1100");
  }

  @Test
  void aWalkThatForgetsWhatItWasGivenDoesNotReplay() {
    assertThatThrownBy(() -> replay("fork", WrongWalks.Forgetful.class))
        .hasMessageContaining("TMPRL1100");
  }

  @Test
  void aWalkThatTellsNobodyDoesNotReplay() {
    assertThatThrownBy(() -> replay("tracked", WrongWalks.Forgetful.class))
        .hasMessageContaining("TMPRL1100");
  }

  @Test
  void aWalkThatWaitsForEachStageInTurnDoesNotReplay() {
    assertThatThrownBy(() -> replay("six-stages", WrongWalks.OneByOne.class))
        .hasMessageContaining("TMPRL1100");
  }

  @Test
  void aWalkWithOneMoreStageDoesNotReplay() {
    assertThatThrownBy(() -> replay("six-stages", WrongWalks.OneMore.class))
        .hasMessageContaining("TMPRL1100");
  }

  @Test
  void aWalkThatSleepsFirstDoesNotReplay() {
    assertThatThrownBy(() -> replay("six-stages", WrongWalks.Sleeping.class))
        .hasMessageContaining("TMPRL1100");
  }

  /** A replay alone would not notice: both branches are activities of one type. */
  @Test
  void swappedBranchesAreCaughtByTheNameInTheResult() {
    assertThatThrownBy(() -> replay("six-stages", WrongWalks.Swapped.class))
        .hasMessageContaining("stage 'rm' was given the result of 'rm-heldout'");
  }

  @ParameterizedTest
  @MethodSource("names")
  void aStoredHistoryNamesNoMachine(String name) throws IOException {
    String history = decoded(name);
    assertThat(history).contains("embedded").doesNotContainPattern("[0-9]+@");
    assertThat(history).doesNotContain(System.getProperty("user.dir"));
    assertThat(history).doesNotContain(InetAddress.getLocalHost().getHostName() + ":");
    assertThat(history).doesNotContainPattern("\"/[a-z]+/");
  }

  @Test
  void aNewHistoryNamesNoMachineEither() throws IOException {
    String history = Histories.record(ScriptedStages.thatSucceed());
    assertThat(history).doesNotContainPattern("[0-9]+@");
    assertThat(history).doesNotContain(InetAddress.getLocalHost().getHostName());
  }

  private static void replay(String name, Class<? extends RecipeWorkflow> walk) throws Exception {
    TestEnvironmentOptions options =
        TestEnvironmentOptions.newBuilder()
            .setWorkflowClientOptions(
                WorkflowClientOptions.newBuilder()
                    .setDataConverter(StageDataConverter.of(RecipeJson.mapper()))
                    .build())
            .build();
    try (TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance(options)) {
      Worker worker =
          environment.newWorker(
              "replay",
              // The first workflow of a process loads classes for longer than a second.
              WorkerOptions.newBuilder().setDefaultDeadlockDetectionTimeout(30_000).build());
      worker.registerWorkflowImplementationTypes(walk);
      WorkflowReplayer.replayWorkflowExecution(
          WorkflowExecutionHistory.fromJson(stored(name)), worker);
    }
  }

  private static String stored(String name) throws IOException {
    try (InputStream in = ReplayTest.class.getResourceAsStream("/histories/" + name + ".json")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The history with its payloads in clear text behind it. */
  private static String decoded(String name) throws IOException {
    StringBuilder text = new StringBuilder(stored(name));
    Matcher data = Pattern.compile("\"data\": \"([^\"]*)\"").matcher(stored(name));
    while (data.find()) {
      String base64 = data.group(1).replace("\\u003d", "=");
      text.append(new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8));
    }
    return text.toString();
  }
}

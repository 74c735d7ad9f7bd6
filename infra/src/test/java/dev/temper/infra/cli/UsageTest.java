package dev.temper.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.infra.cli.CommandLineFixture.Outcome;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {

  @TempDir Path directory;
  private CommandLineFixture temper;

  @BeforeEach
  void start() {
    temper = new CommandLineFixture(directory);
  }

  @Test
  void helpNamesTheCommandsAndTheExitCodes() {
    Outcome outcome = temper.run("--help");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).contains("status", "list", "logs", "recipes", "130  interrupted");
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void helpOfRunSaysWhatBecomesOfANameThatIsTaken() {
    String help = temper.run("run", "--help").out().replaceAll("\\s+", " ");

    assertThat(help)
        .contains("finished on a server refused (exit 2)")
        .contains("failed, cancelled, interrupted goes on from its newest checkpoints")
        .contains("running, paused on a server: this command watches it too");
    assertThat(help.substring(help.indexOf("--again")))
        .contains("what is in the store is not computed again", "one that is running is never");
    assertThat(help.substring(help.indexOf("--detach")))
        .contains("one that is running goes on untouched", "a finished one needs --again");
    assertThat(help.substring(help.indexOf("--embedded")))
        .contains("which belongs to a server, finished or not, is refused");
  }

  @Test
  void anUnknownCommandIsRefusedWithTheNearestName() {
    Outcome outcome = temper.run("statsu");

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("statsu").contains("temper status");
    assertThat(outcome.out()).isEmpty();
  }

  @Test
  void anUnknownFlagIsRefusedWithTheNearestName() {
    Outcome outcome = temper.run("list", "--jsno");

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("--jsno").contains("--json");
  }

  @Test
  void noCommandAtAllIsWrongUsage() {
    assertThat(temper.run().code()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pause demo",
        "resume demo",
        "cancel demo",
        "retry demo --stage rl",
        "move demo --stage rl --queue gpu",
        "worker"
      })
  void liveOperationsSayThatTheyNeedAServer(String command) {
    Outcome outcome = temper.run(command.split(" ", -1));

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("needs a Temporal server").contains("temper up");
  }

  @Test
  void anUnknownRunIsRefused() {
    for (String command : new String[] {"status", "logs"}) {
      Outcome outcome = temper.run(command, "no-such-run");

      assertThat(outcome.code()).as(command).isEqualTo(2);
      assertThat(outcome.err()).contains("no-such-run");
    }
  }

  @Test
  void theHomeComesFromTheFlagBeforeTheEnvironment() {
    Map<String, String> environment = Map.of("TEMPER_HOME", "from-environment");

    assertThat(temper.run("list").out()).contains(".temper");
    assertThat(temper.run(environment, "list").out()).contains("from-environment");
    assertThat(temper.run(environment, "list", "--home", "from-flag").out()).contains("from-flag");
  }
}

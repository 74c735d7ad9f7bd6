package dev.temper.infra.stack;

import static dev.temper.infra.stack.StackServer.MLFLOW;
import static dev.temper.infra.stack.StackServer.S3;
import static dev.temper.infra.stack.StackServer.TEMPORAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stack with programs that only look like servers. */
class LocalStackTest {

  private static final Set<StackServer> ALL = EnumSet.allOf(StackServer.class);

  @TempDir Path directory;
  private Path home;
  private FakePrograms programs;
  private LocalStack stack;
  private final List<String> news = new ArrayList<>();

  @BeforeEach
  void prepare() {
    home = directory.resolve("a home of 100% #1");
    programs = new FakePrograms(directory.resolve("servers"));
    stack = stack(Duration.ofMinutes(1), Duration.ofMinutes(1));
  }

  private LocalStack stack(Duration patience, Duration grace) {
    return new LocalStack(home, programs.environment(), patience, grace);
  }

  @AfterEach
  void stop() throws Exception {
    stack(Duration.ofMinutes(1), Duration.ofMillis(1)).down(ALL);
  }

  private List<RunningServer> up(StackServer... servers) throws Exception {
    return up(anywhere(), servers);
  }

  private List<RunningServer> up(
      Map<StackServer, Map<String, Integer>> ports, StackServer... servers) throws Exception {
    return stack.up(EnumSet.copyOf(List.of(servers)), ports, news::add);
  }

  private static Map<StackServer, Map<String, Integer>> anywhere() {
    Map<StackServer, Map<String, Integer>> ports = new EnumMap<>(StackServer.class);
    for (StackServer server : StackServer.values()) {
      Map<String, Integer> any = new LinkedHashMap<>();
      any.put("port", LocalStack.ANY_PORT);
      any.put("ui-port", LocalStack.ANY_PORT);
      ports.put(server, any);
    }
    return ports;
  }

  private Path folder(StackServer server) {
    return home.resolve("stack").resolve(server.id());
  }

  @Test
  void allServersComeUpAreFoundAndGoDownWithoutTheirData() throws Exception {
    for (StackServer server : StackServer.values()) {
      programs.serving(server);
    }

    List<RunningServer> servers = up(TEMPORAL, MLFLOW, S3);

    assertThat(servers).extracting(RunningServer::server).containsExactly(TEMPORAL, MLFLOW, S3);
    assertThat(servers).allMatch(RunningServer::started);
    assertThat(StackEnvironment.over(Map.of("HOME", "/h"), home))
        .containsEntry("HOME", "/h")
        .containsEntry("TEMPER_STORE", "s3://temper")
        .containsKeys("TEMPORAL_ADDRESS", "MLFLOW_TRACKING_URI", "AWS_ENDPOINT_URL_S3");
    assertThat(Files.getPosixFilePermissions(StackEnvironment.file(home)))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Files.getPosixFilePermissions(folder(S3).resolve("settings")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Files.getPosixFilePermissions(home.resolve("stack")))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));

    List<OwnProcess> processes = stack.processes(S3);
    assertThat(stack.down(ALL)).containsExactly(TEMPORAL, MLFLOW, S3);

    assertThat(processes).noneMatch(OwnProcess::alive);
    assertThat(StackEnvironment.file(home)).doesNotExist();
    assertThat(folder(S3).resolve("data/temper")).isDirectory();
    assertThat(folder(S3).resolve("starts")).exists();
  }

  @Test
  void aSecondUpFindsEverythingUp() throws Exception {
    programs.serving(MLFLOW);
    RunningServer first = up(MLFLOW).get(0);
    RunningServer second = up(MLFLOW).get(0);

    assertThat(second.started()).isFalse();
    assertThat(second.link()).isEqualTo(first.link());
    assertThat(folder(MLFLOW).resolve("starts")).content().hasLineCount(1);
  }

  @Test
  void aKilledServerIsRestartedOnItsPortKeysAndData() throws Exception {
    programs.serving(MLFLOW);
    programs.serving(S3);
    List<RunningServer> before = up(MLFLOW, S3);
    for (OwnProcess process : stack.processes(S3)) {
      ProcessHandle handle = process.handle().orElseThrow();
      handle.destroyForcibly();
      handle.onExit().join();
    }

    List<RunningServer> after = up(MLFLOW, S3);

    assertThat(after).extracting(RunningServer::started).containsExactly(false, true);
    assertThat(after)
        .extracting(RunningServer::environment)
        .isEqualTo(before.stream().map(RunningServer::environment).toList());
    assertThat(folder(S3).resolve("starts")).content().hasLineCount(2);
    assertThat(news).isEmpty();
  }

  @Test
  void portsAndKeysOutliveDown() throws Exception {
    programs.serving(S3);
    Map<String, String> before = up(S3).get(0).environment();
    stack.down(ALL);

    assertThat(up(S3).get(0).environment()).isEqualTo(before);
  }

  @Test
  void aMissingProgramIsNamedWithTheCommandThatInstallsIt() throws Exception {
    programs.serving(MLFLOW);

    assertThatThrownBy(() -> up(TEMPORAL, MLFLOW, S3))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("temporal, minio")
        .hasMessageContaining("infra/servers/install.sh temporal minio");
    assertThat(stack.processes(MLFLOW)).isEmpty();
  }

  @Test
  void aTakenPortThatWasAskedForIsRefused() throws Exception {
    programs.serving(MLFLOW);
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> up(Map.of(MLFLOW, Map.of("port", other.getLocalPort())), MLFLOW))
          .isInstanceOf(StackException.class)
          .hasMessageContaining("MLflow cannot have port " + other.getLocalPort());
    }
  }

  @Test
  void aTakenPortThatWasNotAskedForIsLeftForTheNextOne() throws Exception {
    programs.serving(MLFLOW);
    try (ServerSocket other = new ServerSocket(0)) {
      int taken = other.getLocalPort();
      ServerFolder.of(home, MLFLOW).keep(Map.of("port", Integer.toString(taken)));

      String link = up(Map.of(), MLFLOW).get(0).link();

      assertThat(link).doesNotEndWith(":" + taken);
      assertThat(news).singleElement().asString().contains("port " + taken + " is taken");
    }
  }

  @Test
  void aServerThatRunsIsNotMoved() throws Exception {
    programs.serving(MLFLOW);
    up(MLFLOW);

    assertThatThrownBy(() -> up(Map.of(MLFLOW, Map.of("port", 1)), MLFLOW))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("temper down --only mlflow");
  }

  @Test
  void aServerThatDiesAtItsStartIsShownWithItsLastWordsAndTheOthersAreStopped() throws Exception {
    programs.serving(S3);
    programs.dying(MLFLOW, "no module named flask");

    assertThatThrownBy(() -> up(MLFLOW, S3))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("MLflow ended before it answered")
        .hasMessageContaining("no module named flask");
    assertThat(stack.processes(S3)).isEmpty();
    assertThat(StackEnvironment.file(home)).doesNotExist();
  }

  @Test
  void aFailedUpLeavesWhatRanBefore() throws Exception {
    programs.serving(S3);
    up(S3);
    programs.dying(MLFLOW, "no");

    assertThatThrownBy(() -> up(MLFLOW, S3)).isInstanceOf(StackException.class);

    assertThat(stack.processes(S3)).isNotEmpty();
    assertThat(StackEnvironment.over(Map.of(), home))
        .containsKey("AWS_ENDPOINT_URL_S3")
        .doesNotContainKey("MLFLOW_TRACKING_URI");
  }

  @Test
  void aServerThatNeverAnswersIsGivenUp() throws Exception {
    programs.silent(MLFLOW);
    stack = stack(Duration.ofMillis(200), Duration.ofMinutes(1));

    assertThatThrownBy(() -> up(MLFLOW))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("did not answer at http://127.0.0.1:")
        .hasMessageContaining("thinking");
    assertThat(stack.processes(MLFLOW)).isEmpty();
  }

  @Test
  void aServerThatDoesNotListenIsKilledAfterTheGrace() throws Exception {
    programs.stubborn(MLFLOW);
    up(MLFLOW);
    List<OwnProcess> processes = stack.processes(MLFLOW);

    stack(Duration.ofMinutes(1), Duration.ofMillis(50)).down(ALL);

    assertThat(processes).isNotEmpty().noneMatch(OwnProcess::alive);
  }

  @Test
  void aForeignProcessWithTheNumberOfADeadServerIsLeftAlone() throws Exception {
    programs.serving(MLFLOW);
    Process foreign = new ProcessBuilder("sleep", "600").start();
    try {
      ServerFolder folder = ServerFolder.of(home, MLFLOW);
      folder.keep(Map.of());
      folder.keep(List.of(new OwnProcess(foreign.pid(), "12345@before")));

      assertThat(stack.down(ALL)).isEmpty();
      assertThat(foreign.isAlive()).isTrue();

      folder.keep(List.of(new OwnProcess(foreign.pid(), "12345@before")));
      assertThat(up(MLFLOW).get(0).started()).isTrue();
      stack.down(ALL);
      assertThat(foreign.isAlive()).isTrue();
    } finally {
      foreign.destroyForcibly();
    }
  }

  @Test
  void noSecretIsOnACommandLineAndNoForeignSettingReachesAServer() throws Exception {
    programs.serving(S3);
    Map<String, String> environment = programs.environment();
    environment.put("MINIO_VOLUMES", "/somewhere");
    stack = new LocalStack(home, environment);

    RunningServer s3 = up(S3).get(0);

    String secret = s3.environment().get("AWS_SECRET_ACCESS_KEY");
    assertThat(secret).hasSize(40);
    assertThat(s3.toString()).doesNotContain(secret);
    assertThat(folder(S3).resolve("starts"))
        .content()
        .contains("MINIO_ROOT_PASSWORD=" + secret)
        .doesNotContain("MINIO_VOLUMES");
    for (OwnProcess process : stack.processes(S3)) {
      assertThat(process.handle().orElseThrow().info().commandLine().orElseThrow())
          .doesNotContain(secret);
    }
  }

  @Test
  void downWithoutAStackMakesNothing() throws Exception {
    assertThat(stack.down(ALL)).isEmpty();
    assertThat(home).doesNotExist();
  }

  @Test
  void onlyOneUpIsAtWork() throws Exception {
    programs.serving(MLFLOW);
    List<Exception> refused = new ArrayList<>();
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      // The news of a taken port come while the first one is at work.
      ServerFolder.of(home, MLFLOW).keep(Map.of("port", Integer.toString(other.getLocalPort())));
      stack.up(
          EnumSet.of(MLFLOW),
          Map.of(),
          said -> {
            try {
              stack.down(ALL);
            } catch (IOException | InterruptedException e) {
              refused.add(e);
            }
          });
    }

    assertThat(refused)
        .singleElement()
        .isInstanceOf(StackException.class)
        .asString()
        .contains("another `temper up`");
  }
}

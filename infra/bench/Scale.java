import dev.temper.infra.Wiring;
import dev.temper.infra.stack.LocalStack;
import dev.temper.infra.stack.StackEnvironment;
import dev.temper.infra.stack.StackServer;
import dev.temper.infra.temporal.Queues;
import dev.temper.infra.temporal.RemoteRun;
import dev.temper.infra.temporal.ServerAddress;
import dev.temper.infra.temporal.TemporalServer;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.yaml.RecipeReader;
import dev.temper.workflows.RecipeOutcome;
import dev.temper.workflows.RecipeRun;
import dev.temper.workflows.RunSettings;
import dev.temper.workflows.StageState;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Sends many runs of a recipe to one Temporal server and one worker, both real processes, and prints
 * how fast they went and whether the processes grew.
 *
 * <p>{@code java -cp CLASSPATH Scale.java TEMPER RECIPE RUNS IN_FLIGHT HOME}; reads {@code /proc}.
 */
final class Scale {

  private static final int SAMPLES = 60;
  private static final Set<EventType> TROUBLE =
      EnumSet.of(
          EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
          EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
          EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
          EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT);

  /** What the kernel says of a process, and of the server's files. */
  private record Sample(int runs, Resources worker, Resources server, long database) {}

  private record Resources(long rss, long threads, long files, double cpuSeconds) {
    static Resources of(long process) throws IOException {
      Path folder = Path.of("/proc", Long.toString(process));
      long rss = 0;
      long threads = 0;
      for (String line : Files.readAllLines(folder.resolve("status"))) {
        String[] words = line.split("\\s+");
        if (line.startsWith("VmRSS:")) {
          rss = Long.parseLong(words[1]) * 1024;
        } else if (line.startsWith("Threads:")) {
          threads = Long.parseLong(words[1]);
        }
      }
      String stat = Files.readString(folder.resolve("stat"));
      String[] after = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      double ticks = Long.parseLong(after[11]) + Long.parseLong(after[12]);
      try (Stream<Path> files = Files.list(folder.resolve("fd"))) {
        return new Resources(rss, threads, files.count(), ticks / 100);
      }
    }
  }

  private record Ended(double seconds, boolean finished, int stages, int cached) {}

  private record History(long events, long bytes, int trouble, int laterAttempts) {}

  private final Path home;
  private final TemporalServer server;
  private final String yaml;
  private final long worker;
  private final long serverProcess;
  private final List<Sample> samples = new ArrayList<>();
  private final Map<Integer, Long> liveHeap = new TreeMap<>();

  private Scale(Path home, TemporalServer server, String yaml, long worker, long serverProcess) {
    this.home = home;
    this.server = server;
    this.yaml = yaml;
    this.worker = worker;
    this.serverProcess = serverProcess;
  }

  public static void main(String[] arguments) throws Exception {
    String temper = arguments[0];
    String yaml = Files.readString(Path.of(arguments[1]));
    int runs = Integer.parseInt(arguments[2]);
    int inFlight = Integer.parseInt(arguments[3]);
    Path home = Path.of(arguments[4]).toAbsolutePath();
    Map<String, String> environment = new TreeMap<>(System.getenv());
    environment
        .keySet()
        .removeIf(name -> name.matches("(TEMPORAL_|MLFLOW_|AWS_|TEMPER_(STORE|CACHE|HOME|TEMPORAL)).*"));
    LocalStack stack = new LocalStack(home, environment);
    stack.up(
        EnumSet.of(StackServer.TEMPORAL),
        Map.of(StackServer.TEMPORAL, Map.of("port", LocalStack.ANY_PORT, "ui-port", LocalStack.ANY_PORT)),
        news -> {});
    atTheEnd(() -> stack.down(EnumSet.of(StackServer.TEMPORAL)));
    Process worker = worker(temper, home, environment);
    ServerAddress address =
        ServerAddress.of(StackEnvironment.over(environment, home)).orElseThrow();
    try (TemporalServer server = TemporalServer.connect(address, Wiring.payloads())) {
      server.ensureSearchAttributes().ifPresent(System.err::println);
      long process = stack.alive(StackServer.TEMPORAL).get(0).pid();
      new Scale(home, server, yaml, worker.pid(), process).measure(runs, inFlight);
    }
    worker.destroy();
    worker.waitFor();
  }

  private interface Ending {
    void run() throws Exception;
  }

  /** After Ctrl-C too: the server would outlive this program. */
  private static void atTheEnd(Ending ending) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    ending.run();
                  } catch (Exception e) {
                    e.printStackTrace();
                  }
                }));
  }

  private static Process worker(String temper, Path home, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path output = home.resolve("worker.out");
    ProcessBuilder builder = new ProcessBuilder(temper, "--home", home.toString(), "worker");
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process worker = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    atTheEnd(worker::destroy);
    while (!Files.readString(output).contains(" is ready")) {
      if (!worker.isAlive()) {
        throw new IllegalStateException("the worker ended: " + Files.readString(output));
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return worker;
  }

  private void measure(int runs, int inFlight) throws Exception {
    run("warm", runs); // loads the tensor library
    ConcurrentLinkedQueue<Ended> ended = new ConcurrentLinkedQueue<>();
    AtomicInteger done = new AtomicInteger();
    sample(0);
    ExecutorService starters = Executors.newFixedThreadPool(inFlight);
    long start = System.nanoTime();
    double cpuBefore = Resources.of(ProcessHandle.current().pid()).cpuSeconds();
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      int number = i;
      all.add(
          starters.submit(
              () -> {
                ended.add(run("run-" + number, number));
                sampleIfDue(done.incrementAndGet(), runs);
                return null;
              }));
    }
    starters.shutdown();
    for (Future<?> one : all) {
      one.get();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    double cpu = Resources.of(ProcessHandle.current().pid()).cpuSeconds() - cpuBefore;
    print(runs, inFlight, seconds, cpu, List.copyOf(ended));
  }

  private Ended run(String name, int seed) {
    Recipe recipe =
        Wiring.recipes()
            .read(new RecipeReader.Source("scale.yaml", yaml), List.of(), List.of("seed=" + seed));
    RemoteRun remote = new RemoteRun(server.client(), name);
    long start = System.nanoTime();
    remote.start(
        new RecipeRun(
            name,
            recipe,
            new RunSettings(home.resolve("store").toString(), Queues.CPU, true, false),
            Map.of()));
    RecipeOutcome outcome = remote.outcome().orElseThrow();
    double seconds = (System.nanoTime() - start) / 1e9;
    List<StageState> stages = List.copyOf(outcome.stages().values());
    return new Ended(
        seconds,
        stages.stream().allMatch(stage -> stage.status() == StageState.Status.FINISHED),
        stages.size(),
        (int)
            stages.stream().filter(stage -> stage.result().filter(r -> r.cached()).isPresent()).count());
  }

  private synchronized void sampleIfDue(int done, int runs) throws Exception {
    if (done == runs || done % Math.max(1, runs / SAMPLES) == 0) {
      sample(done);
    }
    // A collection three times only: more of them would hide how the process grows by itself.
    if (done == Math.max(1, runs / 10) || done == runs / 2 || done == runs) {
      liveHeap.put(done, liveHeap());
    }
  }

  private void sample(int done) throws IOException {
    long database = 0;
    Path folder = home.resolve("stack").resolve("temporal");
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.getFileName().toString().contains(".db")).toList()) {
        database += Files.size(file);
      }
    }
    samples.add(new Sample(done, Resources.of(worker), Resources.of(serverProcess), database));
  }

  /** Bytes of the worker's old objects and classes that are still reachable; new ones come all the time. */
  private long liveHeap() throws IOException, InterruptedException {
    jcmd("GC.run");
    Matcher used =
        Pattern.compile("(?:tenured generation\\s+total \\d+K,|Metaspace) +used (\\d+)K")
            .matcher(jcmd("GC.heap_info"));
    long bytes = 0;
    while (used.find()) {
      bytes += 1024 * Long.parseLong(used.group(1));
    }
    return bytes;
  }

  private String jcmd(String command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(worker),
                command)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    process.waitFor();
    return output;
  }

  private History history(String run) {
    WorkflowExecutionInfo info =
        server
            .client()
            .getWorkflowServiceStubs()
            .blockingStub()
            .describeWorkflowExecution(
                DescribeWorkflowExecutionRequest.newBuilder()
                    .setNamespace(server.address().namespace())
                    .setExecution(
                        WorkflowExecution.newBuilder().setWorkflowId(RemoteRun.workflowId(run)))
                    .build())
            .getWorkflowExecutionInfo();
    int trouble = 0;
    int later = 0;
    for (HistoryEvent event :
        server.client().fetchHistory(RemoteRun.workflowId(run)).getEvents()) {
      trouble += TROUBLE.contains(event.getEventType()) ? 1 : 0;
      later += event.getActivityTaskStartedEventAttributes().getAttempt() > 1 ? 1 : 0;
    }
    return new History(
        info.getHistoryLength(), info.getHistorySizeBytes(), trouble, later);
  }

  private void print(int runs, int inFlight, double seconds, double cpu, List<Ended> ended)
      throws IOException {
    List<History> histories = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      histories.add(history("run-" + i));
    }
    int stages = ended.stream().mapToInt(Ended::stages).sum();
    Sample first = samples.get(0);
    Sample last = samples.get(samples.size() - 1);
    say("%d runs of %d stages, %d in flight, in %.0f s", runs, stages / runs, inFlight, seconds);
    say("%-34s %.1f", "runs per minute", 60 * runs / seconds);
    say("%-34s %.0f", "stages per minute", 60 * stages / seconds);
    double[] times = ended.stream().mapToDouble(Ended::seconds).sorted().toArray();
    say(
        "%-34s median %.2f, p95 %.2f, most %.2f",
        "seconds from start to end", quantile(times, 0.5), quantile(times, 0.95), quantile(times, 1));
    say(
        "%-34s worker %.0f, server %.0f, this client %.0f",
        "CPU milliseconds per stage",
        1000 * (last.worker().cpuSeconds() - first.worker().cpuSeconds()) / stages,
        1000 * (last.server().cpuSeconds() - first.server().cpuSeconds()) / stages,
        1000 * cpu / stages);
    say(
        "%-34s %d not finished, %d stages cached (each must be 0)",
        "runs and stages",
        ended.stream().filter(one -> !one.finished()).count(),
        ended.stream().mapToInt(Ended::cached).sum());
    say(
        "%-34s %d later attempts of activities, %d failed or timed-out tasks (each must be 0)",
        "in all histories",
        histories.stream().mapToInt(History::laterAttempts).sum(),
        histories.stream().mapToInt(History::trouble).sum());
    double[] events = histories.stream().mapToDouble(History::events).sorted().toArray();
    double[] bytes = histories.stream().mapToDouble(History::bytes).sorted().toArray();
    say(
        "%-34s median %.0f, most %.0f; %.1f KB, most %.1f KB",
        "history of a run: events; size",
        quantile(events, 0.5),
        quantile(events, 1),
        quantile(bytes, 0.5) / 1e3,
        quantile(bytes, 1) / 1e3);
    grown("server's database, MB", Sample::database, 1e6);
    grown("worker's memory (RSS), MB", sample -> sample.worker().rss(), 1e6);
    grown("server's memory (RSS), MB", sample -> sample.server().rss(), 1e6);
    grown("worker's threads", sample -> sample.worker().threads(), 1);
    grown("worker's open files", sample -> sample.worker().files(), 1);
    grown("server's threads", sample -> sample.server().threads(), 1);
    grown("server's open files", sample -> sample.server().files(), 1);
    StringBuilder live = new StringBuilder();
    liveHeap.forEach(
        (done, size) ->
            live.append(String.format(Locale.ROOT, "%.1f after %d runs, ", size / 1e6, done)));
    say("%-34s %s", "worker's reachable objects, MB", live.substring(0, live.length() - 2));
  }

  /** The first sample, the median, that of the last quarter, and a line through all but the first quarter. */
  private void grown(String name, ToLongFunction<Sample> value, double unit) {
    double[] all = samples.stream().mapToDouble(s -> value.applyAsLong(s) / unit).toArray();
    List<Sample> late = samples.subList(samples.size() / 4, samples.size());
    double meanX = late.stream().mapToInt(Sample::runs).average().orElse(0);
    double meanY = late.stream().mapToDouble(s -> value.applyAsLong(s) / unit).average().orElse(0);
    double xx = 0;
    double xy = 0;
    for (Sample s : late) {
      xx += (s.runs() - meanX) * (s.runs() - meanX);
      xy += (s.runs() - meanX) * (value.applyAsLong(s) / unit - meanY);
    }
    double[] sorted = all.clone();
    java.util.Arrays.sort(sorted);
    double[] quarter = java.util.Arrays.copyOfRange(all, all.length * 3 / 4, all.length);
    java.util.Arrays.sort(quarter);
    say(
        "%-34s first %.1f, median %.1f, last quarter %.1f, most %.1f; %+.2f per 100 runs after the first quarter",
        name,
        all[0],
        quantile(sorted, 0.5),
        quantile(quarter, 0.5),
        quantile(sorted, 1),
        xx == 0 ? 0 : 100 * xy / xx);
  }

  private static double quantile(double[] sorted, double share) {
    return sorted[(int) Math.min(sorted.length - 1L, Math.round(share * (sorted.length - 1)))];
  }

  private static void say(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}

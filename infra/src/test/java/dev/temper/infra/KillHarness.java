package dev.temper.infra;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Kills a run again and again, continues it by the same command, and compares what it leaves with
 * what an uninterrupted run leaves.
 *
 * <p>{@code KillHarness RECIPE FOLDER KILLS SEED COMMAND...}: the command is what starts Temper.
 * First so many kills at random times. Then, in another run, one kill per kind of stage at a named
 * moment, so that every kind is hit, and the writing of a checkpoint, of its manifest and the
 * commit of an artifact are among them. A run that ends before all its kills happened is compared,
 * and another one is begun.
 */
public final class KillHarness {

  private static final List<String> WITH_CHECKPOINTS =
      List.of(
          "checkpoint.file",
          "checkpoint.before-publish",
          "checkpoint.after-publish",
          "stage.step",
          "artifact.before-publish");
  private static final List<String> WITHOUT =
      List.of("artifact.file", "artifact.after-publish", "artifact.before-publish");

  /** A random kill never comes sooner after its process began to work. */
  private static final double SOONEST_SECONDS = 0.3;

  /** What a halted process ends with; a killed one as well. */
  private static final int KILLED = 137;

  private static final int LONGEST_MINUTES = 30;

  /** A kill to come: at a named moment, or at a random time where there is none. */
  private record Plan(String moment, String kind) {
    static final Plan RANDOM = new Plan("", "");

    boolean isNamed() {
      return !moment.isEmpty();
    }

    String variable() {
      return moment + ":" + kind + (moment.equals("stage.step") ? ":2" : ":1");
    }
  }

  /**
   * What a stage had at a kill: the newest checkpoint, the step that it was at, attempts so far.
   */
  private record Struck(Kill kill, long checkpoint, long step, int attempts) {}

  private final Path recipe;
  private final Path folder;
  private final List<String> command;
  private final Random random;
  private final List<Kill> kills = new ArrayList<>();
  private final List<String> differences = new ArrayList<>();
  private final Set<Plan> missed = new HashSet<>();
  private final Map<String, Long> intervals = new TreeMap<>();
  private final Map<String, Long> executed = new TreeMap<>();
  private final Map<String, Long> allowed = new TreeMap<>();

  /**
   * A kill that happened.
   *
   * @param stages that were running, with their kinds
   * @param resumed by stage: where its next attempt went on; none for one that was just done
   * @param lost by stage: steps that had to be done again
   */
  public record Kill(
      String moment,
      long afterMillis,
      Map<String, String> stages,
      Map<String, Long> resumed,
      Map<String, Long> lost) {}

  /**
   * What was found.
   *
   * @param differences empty where every killed run equals the clean one
   * @param kinds kinds of stages that were running at a kill
   * @param executedSteps by stage, all processes of all killed runs together
   * @param allowedSteps by stage: those of a clean run, and one checkpoint interval per kill
   * @param intervals by stage: steps between checkpoints
   */
  public record Certificate(
      String recipe,
      int runs,
      List<Kill> kills,
      Set<String> kinds,
      List<String> differences,
      Map<String, Long> executedSteps,
      Map<String, Long> allowedSteps,
      Map<String, Long> intervals,
      double cleanSeconds,
      double seconds) {

    public boolean isEqual() {
      return differences.isEmpty();
    }

    /** For people. */
    public String markdown() {
      StringBuilder text = new StringBuilder();
      text.append("# Kill certificate: ").append(recipe).append("\n\n");
      text.append(
          "%s: %d kills in %d runs, each continued by the same command; a clean run took %.1f s, all of it %.1f s.%n%n"
              .formatted(
                  isEqual() ? "EQUAL" : "DIFFERENT", kills.size(), runs, cleanSeconds, seconds));
      text.append("Kinds of stages hit: ").append(String.join(", ", kinds)).append("\n\n");
      text.append(
          "| kill | after | running | went on from step (lost steps) |\n|---|---|---|---|\n");
      for (Kill kill : kills) {
        text.append(
            "| %s | %.1f s | %s | %s |%n"
                .formatted(
                    kill.moment(),
                    kill.afterMillis() / 1000.0,
                    String.join(", ", kill.stages().keySet()),
                    kill.resumed().entrySet().stream()
                        .map(
                            stage ->
                                "%s %d (%d)"
                                    .formatted(
                                        stage.getKey(),
                                        stage.getValue(),
                                        kill.lost().get(stage.getKey())))
                        .collect(Collectors.joining(", "))));
      }
      text.append(
          "\n| stage | checkpoint interval | steps executed | allowed |\n|---|---|---|---|\n");
      executedSteps.forEach(
          (stage, steps) ->
              text.append(
                  "| %s | %d | %d | %d |%n"
                      .formatted(stage, intervals.get(stage), steps, allowedSteps.get(stage))));
      differences.forEach(difference -> text.append("\n- ").append(difference));
      return text.append('\n').toString();
    }
  }

  public KillHarness(Path recipe, Path folder, List<String> command, long seed) {
    this.recipe = recipe;
    this.folder = folder;
    this.command = List.copyOf(command);
    this.random = new Random(seed);
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[1]);
    List<String> command = List.of(arguments).subList(4, arguments.length);
    KillHarness harness =
        new KillHarness(
            Path.of(arguments[0]).toAbsolutePath(), folder, command, Long.parseLong(arguments[3]));
    Certificate certificate = harness.certify(Integer.parseInt(arguments[2]));
    Files.writeString(folder.resolve("certificate.md"), certificate.markdown());
    Files.write(
        folder.resolve("certificate.json"),
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(certificate));
    System.out.print(certificate.markdown());
    System.exit(certificate.isEqual() ? 0 : 1);
  }

  /** Runs clean once, kills at so many random times, and once for every kind of stage. */
  public Certificate certify(int randomKills) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    long start = System.nanoTime();
    Process cleanly = start(folder.resolve("clean"), Plan.RANDOM);
    if (!cleanly.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES) || cleanly.exitValue() != 0) {
      throw new IllegalStateException("the clean run failed, see " + log(folder.resolve("clean")));
    }
    double cleanSeconds = (System.nanoTime() - start) / 1e9;
    KilledRunFolder clean = KilledRunFolder.of(folder.resolve("clean"));
    for (String stage : clean.kinds().keySet()) {
      intervals.put(stage, clean.interval(stage));
    }
    int runs = 0;
    for (Deque<Plan> plans :
        List.of(new ArrayDeque<>(Collections.nCopies(randomKills, Plan.RANDOM)), named(clean))) {
      while (!plans.isEmpty()) {
        runs++;
        killAndContinue(folder.resolve("killed-" + runs), clean, plans, cleanSeconds);
      }
    }
    Set<String> kinds = new LinkedHashSet<>();
    kills.forEach(kill -> kinds.addAll(kill.stages().values()));
    for (String kind : new LinkedHashSet<>(clean.kinds().values())) {
      if (!kinds.contains(kind)) {
        differences.add("no kill hit a stage of kind " + kind);
      }
    }
    compareSteps();
    return new Certificate(
        clean.recipe(),
        runs,
        kills,
        kinds,
        differences,
        executed,
        allowed,
        intervals,
        cleanSeconds,
        (System.nanoTime() - start) / 1e9);
  }

  /** A moment per kind, in the order in which the kinds come to their ends: none is missed. */
  private Deque<Plan> named(KilledRunFolder clean) throws IOException {
    Deque<Plan> plans = new ArrayDeque<>();
    int many = 0;
    int few = 0;
    for (String kind : clean.kindsByEnd()) {
      String moment =
          clean.makesCheckpoints(kind)
              ? WITH_CHECKPOINTS.get(many++ % WITH_CHECKPOINTS.size())
              : WITHOUT.get(few++ % WITHOUT.size());
      plans.add(new Plan(moment, kind));
    }
    return plans;
  }

  /** One run until its end, with as many of the planned kills as come to pass. */
  private void killAndContinue(
      Path home, KilledRunFolder clean, Deque<Plan> plans, double cleanSeconds)
      throws IOException, InterruptedException {
    Map<String, Long> hits = new TreeMap<>();
    Map<String, Struck> struck = new TreeMap<>();
    while (true) {
      Plan plan = plans.peek();
      long begin = System.nanoTime();
      Process process = start(home, plan == null ? Plan.RANDOM : plan);
      long limit = TimeUnit.MINUTES.toMillis(LONGEST_MINUTES);
      if (plan != null && !plan.isNamed()) {
        waitForTheFirstStage(process, home);
        double left = cleanSeconds * clean.shareLeft(KilledRunFolder.of(home));
        double mean = left / (plans.size() + 1);
        limit = (long) (1000 * (SOONEST_SECONDS + 2 * random.nextDouble() * mean));
      }
      if (!process.waitFor(limit, TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
      long millis = (System.nanoTime() - begin) / 1_000_000;
      KilledRunFolder now = KilledRunFolder.of(home);
      struck.forEach((stage, before) -> requireResumed(home, now, stage, before));
      struck.clear();
      if (process.exitValue() == 0) {
        compare(home, clean, now, hits);
        // A moment whose stages were all through before this process started: the next run begins
        // with it.
        if (plan != null && plan.isNamed() && !missed.add(plan)) {
          differences.add("the moment %s was never reached".formatted(plan.variable()));
          plans.remove();
        }
        return;
      }
      if (process.exitValue() != KILLED) {
        differences.add("%s ended with %d, see %s".formatted(home, process.exitValue(), log(home)));
        plans.clear();
        return;
      }
      plans.poll();
      Kill kill =
          new Kill(
              plan != null && plan.isNamed() ? plan.variable() : "random",
              millis,
              now.running(),
              new TreeMap<>(),
              new TreeMap<>());
      kills.add(kill);
      for (String stage : kill.stages().keySet()) {
        hits.merge(stage, 1L, Long::sum);
        if (!now.isPublished(clean.key(stage))) {
          struck.put(
              stage,
              new Struck(
                  kill,
                  now.newestCheckpoint(clean.key(stage)),
                  now.stepReached(stage),
                  now.attempts(stage).size()));
        }
      }
    }
  }

  /** A kill while the process only starts says little. */
  private static void waitForTheFirstStage(Process process, Path home)
      throws IOException, InterruptedException {
    long limit = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    long begin = System.currentTimeMillis();
    while (System.nanoTime() < limit && !process.waitFor(20, TimeUnit.MILLISECONDS)) {
      if (KilledRunFolder.wasWrittenSince(home, begin)) {
        return;
      }
    }
  }

  /**
   * What was committed before a kill is where the next attempt starts, and less than an interval is
   * done again.
   */
  private void requireResumed(Path home, KilledRunFolder left, String stage, Struck before) {
    if (left.attempts(stage).size() <= before.attempts()) {
      return;
    }
    long resumed = left.resumedFrom(stage, before.attempts());
    long lost = Math.max(0, before.step() - resumed);
    before.kill().resumed().put(stage, resumed);
    before.kill().lost().put(stage, lost);
    if (resumed < before.checkpoint()) {
      differences.add(
          "%s: %s had a checkpoint of step %d and went on from %d"
              .formatted(home.getFileName(), stage, before.checkpoint(), resumed));
    }
    if (lost > intervals.get(stage)) {
      differences.add(
          "%s: %s was killed at step %d and went on from %d, more than an interval of %d before"
              .formatted(home.getFileName(), stage, before.step(), resumed, intervals.get(stage)));
    }
  }

  private void compare(
      Path home, KilledRunFolder clean, KilledRunFolder killed, Map<String, Long> hits)
      throws IOException {
    for (String stage : clean.kinds().keySet()) {
      String where = home.getFileName() + ": " + stage;
      if (!clean.content(stage).equals(killed.content(stage))) {
        differences.add(where + ": content");
      }
      if (!clean.key(stage).equals(killed.key(stage))) {
        differences.add(where + ": key");
      }
      if (!clean.manifest(stage).equals(killed.manifest(stage))) {
        differences.add(where + ": manifest");
      }
      if (!clean.metrics(stage).equals(killed.metrics(stage))) {
        differences.add(where + ": metric lines");
      }
      executed.merge(stage, killed.executedSteps(stage), Long::sum);
      allowed.merge(
          stage,
          clean.executedSteps(stage) + hits.getOrDefault(stage, 0L) * intervals.get(stage),
          Long::sum);
    }
  }

  private void compareSteps() {
    executed.forEach(
        (stage, steps) -> {
          if (steps > allowed.get(stage)) {
            differences.add(
                "%s: executed %d steps, allowed are %d"
                    .formatted(stage, steps, allowed.get(stage)));
          }
        });
  }

  private Process start(Path home, Plan plan) throws IOException {
    List<String> line = new ArrayList<>(command);
    line.addAll(List.of("--home", home.toString(), "run", recipe.toString(), "--plain"));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("OMP_NUM_THREADS", "1");
    if (plan.isNamed()) {
      builder.environment().put("TEMPER_HALT_AT", plan.variable());
    }
    Files.createDirectories(home);
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log(home).toFile()))
        .start();
  }

  private static Path log(Path home) {
    return home.resolve("terminal.log");
  }
}

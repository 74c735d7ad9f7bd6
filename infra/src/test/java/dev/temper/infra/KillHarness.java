package dev.temper.infra;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Kills a run again and again, continues it by the same command, and compares what it leaves with
 * what an uninterrupted run leaves.
 *
 * <p>{@code KillHarness RECIPE FOLDER KILLS SEED COMMAND...}: the command is what starts Temper.
 * The first kills happen at named moments, so that every kind of stage is hit, and the writing of a
 * checkpoint, of its manifest and the commit of an artifact are among them; the others at random
 * times. A run that ends before all kills happened is compared, and another one is begun.
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

  /** Fewer steps than this may end before a checkpoint is due. */
  private static final long ENOUGH_STEPS = 8;

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

  /** The newest checkpoint at a kill, and the attempts so far. */
  private record Saved(long step, int attempts) {}

  private final Path recipe;
  private final Path folder;
  private final List<String> command;
  private final Random random;
  private final List<Kill> kills = new ArrayList<>();
  private final List<String> differences = new ArrayList<>();
  private final Set<Plan> missed = new HashSet<>();
  private final Map<String, Long> executed = new TreeMap<>();
  private final Map<String, Long> allowed = new TreeMap<>();

  /**
   * A kill that happened.
   *
   * @param stages that were running, with their kinds
   */
  public record Kill(String moment, long afterMillis, Map<String, String> stages) {}

  /**
   * What was found.
   *
   * @param differences empty where every killed run equals the clean one
   * @param kinds kinds of stages that were running at a kill
   * @param executedSteps by stage, all processes of all killed runs together
   * @param allowedSteps by stage: those of a clean run, and per kill one checkpoint interval, and
   *     what can be made while a checkpoint is written behind: less than another
   */
  public record Certificate(
      String recipe,
      int runs,
      List<Kill> kills,
      Set<String> kinds,
      List<String> differences,
      Map<String, Long> executedSteps,
      Map<String, Long> allowedSteps,
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
      text.append("| kill | after | running |\n|---|---|---|\n");
      for (Kill kill : kills) {
        text.append(
            "| %s | %.1f s | %s |%n"
                .formatted(
                    kill.moment(),
                    kill.afterMillis() / 1000.0,
                    String.join(", ", kill.stages().keySet())));
      }
      text.append("\n| stage | steps executed | allowed |\n|---|---|---|\n");
      executedSteps.forEach(
          (stage, steps) ->
              text.append("| %s | %d | %d |%n".formatted(stage, steps, allowedSteps.get(stage))));
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

  /** Runs clean once, and kills until that many kills have happened. */
  public Certificate certify(int howMany) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    long start = System.nanoTime();
    Process cleanly = start(folder.resolve("clean"), Plan.RANDOM);
    if (!cleanly.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES) || cleanly.exitValue() != 0) {
      throw new IllegalStateException("the clean run failed, see " + log(folder.resolve("clean")));
    }
    double cleanSeconds = (System.nanoTime() - start) / 1e9;
    KilledRunFolder clean = KilledRunFolder.of(folder.resolve("clean"));
    List<Plan> plans = plans(clean, howMany);
    int runs = 0;
    while (!plans.isEmpty() || runs == 0) {
      runs++;
      killAndContinue(folder.resolve("killed-" + runs), clean, plans, cleanSeconds);
    }
    Set<String> kinds = new LinkedHashSet<>();
    kills.forEach(kill -> kinds.addAll(kill.stages().values()));
    for (String kind : new LinkedHashSet<>(clean.kinds().values())) {
      if (howMany >= clean.kinds().size() && !kinds.contains(kind)) {
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
        cleanSeconds,
        (System.nanoTime() - start) / 1e9);
  }

  /** A named moment per kind, in the order of the stages, and random times between them. */
  private List<Plan> plans(KilledRunFolder clean, int howMany) {
    List<Plan> plans = new ArrayList<>();
    int many = 0;
    int few = 0;
    for (String kind : new LinkedHashSet<>(clean.kinds().values())) {
      boolean checkpoints = clean.mostSteps(kind) >= ENOUGH_STEPS;
      String moment =
          checkpoints
              ? WITH_CHECKPOINTS.get(many++ % WITH_CHECKPOINTS.size())
              : WITHOUT.get(few++ % WITHOUT.size());
      plans.add(new Plan(moment, kind));
    }
    while (plans.size() < howMany) {
      plans.add(plans.size() % 2 == 0 ? plans.size() : random.nextInt(plans.size()), Plan.RANDOM);
    }
    return new ArrayList<>(plans.subList(0, howMany));
  }

  /** One run until its end, with as many of the planned kills as come to pass. */
  private void killAndContinue(
      Path home, KilledRunFolder clean, List<Plan> plans, double cleanSeconds)
      throws IOException, InterruptedException {
    Map<String, Long> hits = new TreeMap<>();
    Map<String, Saved> saved = new TreeMap<>();
    while (true) {
      Plan plan = plans.isEmpty() ? null : plans.remove(0);
      long begin = System.nanoTime();
      Process process = start(home, plan == null ? Plan.RANDOM : plan);
      long limit = TimeUnit.MINUTES.toMillis(LONGEST_MINUTES);
      if (plan != null && !plan.isNamed()) {
        waitForTheFirstStage(process, home);
        limit = (long) (random.nextDouble() * 1000 * Math.max(2, cleanSeconds / 6));
      }
      if (!process.waitFor(limit, TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
      long millis = (System.nanoTime() - begin) / 1_000_000;
      KilledRunFolder left = KilledRunFolder.of(home);
      saved.forEach((stage, before) -> requireResumed(home, left, stage, before));
      saved.clear();
      if (process.exitValue() == 0) {
        compare(home, clean, left, hits);
        if (plan != null && plan.isNamed()) {
          // Its stage was through before this process started: the next run begins with it.
          again(plan, plans);
        }
        return;
      }
      if (process.exitValue() != KILLED) {
        differences.add("%s ended with %d, see %s".formatted(home, process.exitValue(), log(home)));
        plans.clear();
        return;
      }
      Map<String, String> running = left.running();
      kills.add(
          new Kill(plan != null && plan.isNamed() ? plan.variable() : "random", millis, running));
      running.keySet().forEach(stage -> hits.merge(stage, 1L, Long::sum));
      for (String stage : running.keySet()) {
        long step = left.newestCheckpoint(clean.key(stage));
        if (step > 0 && !left.isPublished(clean.key(stage))) {
          saved.put(stage, new Saved(step, left.attempts(stage).size()));
        }
      }
    }
  }

  private void again(Plan plan, List<Plan> plans) {
    if (missed.add(plan)) {
      plans.add(0, plan);
    } else {
      differences.add("the moment %s was never reached".formatted(plan.variable()));
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

  /** What was committed before a kill is where the next attempt starts. */
  private void requireResumed(Path home, KilledRunFolder left, String stage, Saved before) {
    long resumed = left.lastResumedFrom(stage);
    if (left.attempts(stage).size() > before.attempts() && resumed < before.step()) {
      differences.add(
          "%s: %s had a checkpoint of step %d and went on from %d"
              .formatted(home.getFileName(), stage, before.step(), resumed));
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
      long interval = clean.interval(stage);
      allowed.merge(
          stage, clean.executedSteps(stage) + hits.getOrDefault(stage, 0L) * interval, Long::sum);
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

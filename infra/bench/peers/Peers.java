import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Measures Temper and its peers side by side: every side is a process that is started once and then
 * asked for rounds in turns, A B C A B C, so that whatever else the machine does falls on all of
 * them alike.
 *
 * <p>{@code java -cp CLASSPATH Peers ROOT SCRATCH PYTHON DATA ROUNDS SHAPES WORK...}
 */
final class Peers {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Losses of this many steps are compared before anything is timed. */
  private static final int COMPARED = 10;

  private static final double SAME = 1e-5;

  /** Sums of a thousand nats are rounded to 6e-5: where losses are of such sums, less is asked. */
  private static final double SAME_SUMS = 1e-4;

  private final Path scratch;
  private final Path data;
  private final String python;
  private final Path scripts;
  private final int rounds;
  private final Table table = new Table();

  private Peers(Path root, Path scratch, String python, Path data, int rounds) {
    this.scripts = root.resolve("infra/bench/peers");
    this.scratch = scratch;
    this.python = python;
    this.data = data;
    this.rounds = rounds;
  }

  public static void main(String[] arguments) throws Exception {
    Peers peers =
        new Peers(
            Path.of(arguments[0]),
            Path.of(arguments[1]),
            arguments[2],
            Path.of(arguments[3]),
            Integer.parseInt(arguments[4]));
    List<String> shapes =
        arguments[5].isEmpty() ? List.of() : Arrays.asList(arguments[5].split(","));
    List<String> works = Arrays.asList(arguments).subList(6, arguments.length);
    Works all = new Works(peers.data);
    if (works.equals(List.of("list"))) {
      all.print();
      return;
    }
    peers.table.heading();
    for (Works.Row row : all.chosen(works, shapes)) {
      peers.prepared(row.shape());
      peers.measure(row);
    }
    peers.table.end();
    System.exit(peers.table.good ? 0 : 1);
  }

  private void prepared(String shape) throws Exception {
    if (!Files.exists(data.resolve(shape).resolve("about.json"))) {
      throw new IllegalStateException("no data of shape " + shape + ": run prepare.py first");
    }
  }

  private void measure(Works.Row row) throws Exception {
    List<Side> sides = new ArrayList<>();
    try {
      sides.add(best(row, row.temper()));
      for (List<Works.Peer> settings : row.peers()) {
        sides.add(best(row, settings));
      }
      Map<Side, Double> different = differences(row, sides);
      for (Side side : sides) {
        if (side.rounds.isEmpty()) {
          side.round(); // warms up
        }
      }
      for (Side side : sides) {
        side.rounds.clear();
      }
      for (int round = 0; round < rounds; round++) {
        for (Side side : sides) {
          side.round();
        }
      }
      table.add(row, sides, different);
    } catch (IOException | RuntimeException e) {
      table.failed(row, e);
    } finally {
      for (Side side : sides) {
        side.close();
      }
    }
  }

  /** The setting of a side that is fastest in two rounds after one that warms up. */
  private Side best(Works.Row row, List<Works.Peer> settings) throws IOException {
    Side fastest = null;
    double best = 0;
    if (settings.size() == 1) {
      return start(row, settings.get(0));
    }
    for (Works.Peer setting : settings) {
      Side side = null;
      try {
        side = start(row, setting);
        side.round();
        double rate = Math.max(side.round().rate(), side.round().rate());
        System.err.printf(Locale.ROOT, "  %s %s: %.1f a second%n", row.name(), side.label, rate);
        if (rate > best) {
          Side slower = fastest;
          fastest = side;
          best = rate;
          side = slower;
        }
      } catch (IOException | RuntimeException e) {
        System.err.printf("  %s %s: failed, %s%n", row.name(), setting.label(), e.getMessage());
      }
      if (side != null) {
        side.close();
      }
    }
    if (fastest == null) {
      throw new IOException("no setting works");
    }
    return fastest;
  }

  /** How far the losses of the first steps of each peer are from Temper's, relative. */
  private static Map<Side, Double> differences(Works.Row row, List<Side> sides)
      throws IOException {
    Map<Side, Double> differences = new LinkedHashMap<>();
    if (!row.compared()) {
      return differences;
    }
    List<Double> own = sides.get(0).firstLosses();
    for (Side side : sides.subList(1, sides.size())) {
      if (side.label.matches(".*(grouped|packed)")) {
        continue; // other rows in a step
      }
      List<Double> theirs = side.firstLosses();
      double largest = 0;
      for (int i = 0; i < Math.min(own.size(), theirs.size()); i++) {
        double difference = Math.abs(own.get(i) - theirs.get(i)) / Math.abs(theirs.get(i));
        // Written so that NaN counts.
        largest = difference <= largest ? largest : difference;
      }
      differences.put(side, largest);
    }
    return differences;
  }

  private Side start(Works.Row row, Works.Peer peer) throws IOException {
    ObjectNode asked = peer.asked().deepCopy();
    asked.put("folder", data.resolve(row.shape()).toString());
    List<String> command = new ArrayList<>();
    Map<String, String> environment = new LinkedHashMap<>();
    if (peer.script().isEmpty()) {
      command.addAll(
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:+TieredCompilation",
              "-Xmx2g",
              "-XX:+UseSerialGC",
              "-XX:-UsePerfData",
              "-Dai.djl.offline=true",
              "-cp",
              System.getProperty("java.class.path"),
              "TemperSide"));
      environment.put("OMP_NUM_THREADS", "1");
      environment.put("OMP_WAIT_POLICY", "passive");
    } else {
      command.add(python);
      command.add(scripts.resolve(peer.script()).toString());
      environment.put("OMP_NUM_THREADS", "2");
      environment.put("HF_HUB_OFFLINE", "1");
      environment.put("HF_HOME", scratch.resolve("hf").toString());
      environment.put("TOKENIZERS_PARALLELISM", "false");
    }
    command.add(asked.toString());
    Path log = scratch.resolve(row.name() + "-" + row.shape() + "-" + peer.label().replaceAll("\\W", "") + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.to(log.toFile()));
    builder.environment().putAll(environment);
    return new Side(peer.label(), builder.start(), log);
  }

  /** One process that is being measured. */
  static final class Side implements AutoCloseable {
    private final String label;
    private final Process process;
    private final BufferedReader answers;
    private final Path log;
    private final List<Round> rounds = new ArrayList<>();
    private final List<Double> losses = new ArrayList<>();
    private final JsonNode ready;
    private double peakMb;

    Side(String label, Process process, Path log) throws IOException {
      this.label = label;
      this.process = process;
      this.log = log;
      this.answers = process.inputReader(StandardCharsets.UTF_8);
      this.ready = answer();
    }

    String label() {
      return label;
    }

    List<Round> rounds() {
      return rounds;
    }

    double peakMb() {
      return peakMb;
    }

    JsonNode versions() {
      return ready.path("versions");
    }

    private JsonNode answer() throws IOException {
      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        if (line.startsWith("{")) {
          return JSON.readTree(line);
        }
      }
      throw new IOException(label + " ended; the end of its log:\n" + tail());
    }

    private String tail() throws IOException {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 25), lines.size()));
    }

    Round round() throws IOException {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
      JsonNode answer = answer();
      answer.path("losses").forEach(loss -> losses.add(loss.asDouble()));
      peakMb = answer.path("peakMb").asDouble();
      Round round = new Round(answer.path("seconds").asDouble(), answer.path("count").asDouble());
      rounds.add(round);
      return round;
    }

    List<Double> firstLosses() throws IOException {
      while (losses.size() < COMPARED && rounds.size() < COMPARED) {
        round();
      }
      return losses.subList(0, Math.min(COMPARED, losses.size()));
    }

    @Override
    public void close() {
      try {
        process.getOutputStream().close();
      } catch (IOException e) {
        process.destroyForcibly(); // it has ended by itself
      }
      try {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * @param count what the row's rate is of: tokens, pairs, operations
   */
  record Round(double seconds, double count) {
    double rate() {
      return count / seconds;
    }
  }

  /** Prints Markdown rows as they come. */
  private static final class Table {
    private boolean versionsSaid;
    private boolean good = true;

    void heading() {
      System.out.printf("%s, load before %s%n%n", Instant.now().toString().substring(0, 16), load());
      System.out.println(
          "| work | shape | unit | Temper | peer | ratio | least to most | goal | met | losses differ by | peak MB |");
      System.out.println("|---|---|---|---|---|---|---|---|---|---|---|");
    }

    void add(Works.Row row, List<Side> sides, Map<Side, Double> different) {
      Side temper = sides.get(0);
      for (int i = 1; i < sides.size(); i++) {
        Side peer = sides.get(i);
        double goal = row.goals().get(i - 1);
        double ratio = row.of(temper, true) / row.of(peer, false);
        double[] each = new double[temper.rounds().size()];
        for (int round = 0; round < each.length; round++) {
          each[round] =
              row.lower()
                  ? ratio
                  : row.factor() * temper.rounds().get(round).rate() / peer.rounds().get(round).rate();
        }
        Arrays.sort(each);
        Double losses = different.get(peer);
        double near = row.name().equals("dpo") ? SAME_SUMS : SAME;
        boolean same = losses == null || losses <= near;
        boolean met = same && (row.lower() ? ratio <= goal : ratio >= goal);
        good &= same;
        System.out.printf(
            Locale.ROOT,
            "| %s | %s | %s | %s | %s %s | %.2f | %.2f to %.2f | %s | %s | %s | %.0f / %.0f |%n",
            row.title(),
            row.shape(),
            row.unit(),
            number(row.of(temper, true)),
            peer.label(),
            number(row.of(peer, false)),
            ratio,
            each[0],
            each[each.length - 1],
            goal == 0 ? "-" : (row.lower() ? "<= " : ">= ") + goal,
            !same ? "LOSSES DIFFER" : goal == 0 ? "-" : met ? "yes" : "NO",
            losses == null ? "-" : String.format(Locale.ROOT, "%.0e", losses),
            temper.peakMb(),
            peer.peakMb());
      }
      if (!versionsSaid && sides.stream().anyMatch(side -> side.versions().size() > 0)) {
        versionsSaid = true;
        sides.stream()
            .filter(side -> side.versions().size() > 0)
            .forEach(side -> System.err.println("  " + side.label() + " " + side.versions()));
      }
      System.out.flush();
    }

    void failed(Works.Row row, Exception e) {
      good = false;
      System.out.printf("| %s | %s | failed | | | | | | | | |%n", row.title(), row.shape());
      System.err.printf("%s %s: %s%n", row.title(), row.shape(), e.getMessage());
    }

    void end() {
      System.out.printf("%nload after %s%n", load());
    }

    private static String number(double value) {
      return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%,.0f", value);
    }

    private static String load() {
      try {
        return Files.readString(Path.of("/proc/loadavg")).trim();
      } catch (IOException e) {
        return "unknown";
      }
    }
  }

  /** Median rate. */
  static double median(Side side) {
    double[] rates = side.rounds().stream().mapToDouble(Round::rate).sorted().toArray();
    return rates[rates.length / 2];
  }
}

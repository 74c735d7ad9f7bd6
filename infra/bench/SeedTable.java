import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Prints what the quickstart found over several seeds as a Markdown table, and each expectation with
 * the seeds that met it.
 *
 * <p>{@code java -cp CLASSPATH SeedTable.java RUN_FOLDER...}, one finished run of the quickstart
 * each.
 */
final class SeedTable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private SeedTable() {}

  /** A row of the table: a name, a value per run, and whether the run met the expectation. */
  private interface Value {
    Cell of(Run run);
  }

  private record Cell(String text, boolean met) {}

  private record Row(String name, Value value) {}

  private record Run(Path folder, JsonNode run) {
    static Run read(Path folder) throws IOException {
      return new Run(folder, JSON.readTree(folder.resolve("run.json").toFile()));
    }

    double metric(String stage, String name) {
      for (JsonNode node : run.path("stages")) {
        if (node.path("name").asText().equals(stage)) {
          return node.path("metrics").path(name).asDouble(Double.NaN);
        }
      }
      return Double.NaN;
    }

    JsonNode peak(String stage) {
      try {
        return JSON.readTree(folder.resolve("stages/" + stage + "/peak.json").toFile());
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    double[] ends(String stage, String column) {
      try {
        List<String> lines = Files.readAllLines(folder.resolve("stages/" + stage + "/curve.csv"));
        int index = List.of(lines.get(0).split(",")).indexOf(column);
        return new double[] {
          Double.parseDouble(lines.get(1).split(",")[index]),
          Double.parseDouble(lines.get(lines.size() - 1).split(",")[index])
        };
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static final List<Row> ROWS =
      List.of(
          new Row(
              "gold, base → SFT (rises by 1 or more)",
              run -> {
                double base = run.metric("eval", "eval/notes/gold/base");
                double sft = run.metric("eval", "eval/notes/gold/sft");
                return cell(sft - base >= 1, "%.2f → %.2f", base, sft);
              }),
          new Row(
              "held-out loss, base → SFT (falls)",
              run -> {
                double base = run.metric("sft", "eval/heldout_loss_start");
                double sft = run.metric("sft", "eval/heldout_loss");
                return cell(sft < base, "%.2f → %.2f", base, sft);
              }),
          new Row(
              "completions that end, base → SFT (0 → 0.95 or more)",
              run -> {
                double base = run.metric("eval", "eval/notes/termination/base");
                double sft = run.metric("eval", "eval/notes/termination/sft");
                return cell(base < 0.05 && sft >= 0.95, "%.2f → %.2f", base, sft);
              }),
          new Row("reward model: label accuracy [95 %] below the labeller's own", run -> labels(run, "rm")),
          new Row("held-out reward model: the same", run -> labels(run, "rm-heldout")),
          new Row(
              "gold order of both (0.65 or more)",
              run -> {
                double one = run.metric("rm", "eval/gold_order");
                double other = run.metric("rm-heldout", "eval/gold_order");
                return cell(one >= 0.65 && other >= 0.65, "%.2f, %.2f", one, other);
              }),
          new Row(
              "beta 0: proxy, first → last (rises)",
              run -> {
                double[] proxy = run.ends("curve", "proxy");
                return cell(proxy[1] > proxy[0], "%.2f → %.2f", proxy[0], proxy[1]);
              }),
          new Row(
              "beta 0: gold, first → peak → last",
              run -> {
                double[] gold = run.ends("curve", "gold");
                return cell(
                    true, "%.2f → %.2f → %.2f", gold[0], run.peak("curve").path("peakGold").asDouble(), gold[1]);
              }),
          new Row(
              "beta 0: gold falls after its peak by [95 %] (0.5 or more, above 0)",
              run -> {
                JsonNode drop = run.peak("curve").path("drop");
                double mean = drop.path("mean").asDouble();
                double low = drop.path("low").asDouble();
                return cell(
                    mean >= 0.5 && low > 0, "%.2f [%.2f, %.2f]", mean, low, drop.path("high").asDouble());
              }),
          new Row(
              "beta 0.1: gold, peak → last (within 0.3)",
              run -> {
                double peak = run.peak("curve-kl").path("peakGold").asDouble();
                double last = run.ends("curve-kl", "gold")[1];
                return cell(peak - last <= 0.3, "%.2f → %.2f", peak, last);
              }),
          new Row(
              "curve.peak: gold over SFT (0.3 or more)",
              run -> {
                double gain =
                    run.peak("curve").path("chosenGold").asDouble() - run.ends("curve", "gold")[0];
                return cell(gain >= 0.3, "%.2f", gain);
              }),
          new Row(
              "curve.peak: regret (0.3 or less)",
              run -> {
                double regret = run.peak("curve").path("regret").asDouble();
                return cell(regret <= 0.3, "%.2f", regret);
              }),
          new Row(
              "verifiable arm: exact match, SFT → RL (rises by 0.20 or more)",
              run -> {
                double sft = run.metric("v-eval", "eval/backward/exact-match/v-sft");
                double rl = run.metric("v-eval", "eval/backward/exact-match/v-rl");
                return cell(rl - sft >= 0.2, "%.2f → %.2f", sft, rl);
              }));

  private static Cell labels(Run run, String stage) {
    double accuracy = run.metric(stage, "eval/accuracy");
    double low = run.metric(stage, "eval/accuracy_low");
    double labeller = run.metric(stage, "eval/labeller_agreement");
    return cell(
        low > 0.55 && accuracy < labeller,
        "%.2f [%.2f, %.2f], %.2f",
        accuracy,
        low,
        run.metric(stage, "eval/accuracy_high"),
        labeller);
  }

  private static Cell cell(boolean met, String format, Object... values) {
    return new Cell(String.format(Locale.ROOT, format, values) + (met ? "" : " ✗"), met);
  }

  public static void main(String[] folders) throws IOException {
    List<Run> runs = new ArrayList<>();
    for (String folder : folders) {
      runs.add(Run.read(Path.of(folder)));
    }
    StringBuilder out = new StringBuilder("| |");
    runs.forEach(run -> out.append(' ').append(run.run().path("run").asText()).append(" |"));
    out.append(" met |\n|---|").append("---|".repeat(runs.size() + 1)).append('\n');
    for (Row row : ROWS) {
      out.append("| ").append(row.name()).append(" |");
      int met = 0;
      for (Run run : runs) {
        Cell cell = row.value().of(run);
        met += cell.met() ? 1 : 0;
        out.append(' ').append(cell.text()).append(" |");
      }
      out.append(' ').append(met).append(" of ").append(runs.size()).append(" |\n");
    }
    System.out.print(out);
  }
}

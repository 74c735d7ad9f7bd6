import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What can be measured: one method for each work, one row for each shape. */
final class Works {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TRL = "trl_side.py";
  private static final String TORCH = "torch_side.py";

  /** Without {@code --shapes}; tiny and 135M are measured when they are named. */
  private static final List<String> USUAL = List.of("1M", "5M", "15M");

  private static final int NEW_TOKENS = 64;

  private final Path data;
  private final List<Row> rows = new ArrayList<>();

  Works(Path data) {
    this.data = data;
    for (String shape : List.of("tiny", "1M", "5M", "15M", "135M")) {
      fineTuning(shape, 128, false);
      fineTuning(shape, 256, false);
      fineTuning(shape, 128, true);
      for (int batch : new int[] {1, 8, 32, 64}) {
        generation(shape, batch);
      }
      generationAtRealLengths(shape);
      realRows(shape);
      pairs("dpo", shape);
      pairs("rm", shape);
      reinforcement("grpo", shape, "model", false);
      reinforcement("grpo-bf16", shape, "model", true);
      reinforcement("grpo-real", shape, "ending", false);
      memory(shape);
      share(shape);
    }
  }

  /**
   * A side of a row.
   *
   * @param script of a peer; empty for Temper
   * @param asked what the process is started with
   */
  record Peer(String label, String script, ObjectNode asked) {}

  /** What of a side is compared. */
  enum Value {
    RATE,
    PEAK_MEMORY
  }

  /**
   * One line of the table for each peer.
   *
   * @param name of the work, as on the command line
   * @param temper its settings, and of each peer those of that: the fastest setting counts
   * @param goals for each peer; 0 for none
   * @param factor on Temper's rate, where the two sides count different things
   * @param scale of what is printed
   * @param compared whether the losses of the first steps must be equal
   * @param minutes at five rounds on two cores, roughly
   */
  record Row(
      String name,
      String title,
      String shape,
      String unit,
      List<Peer> temper,
      List<List<Peer>> peers,
      List<Double> goals,
      Value value,
      double factor,
      double scale,
      boolean compared,
      double minutes) {

    /** Whether less is better. */
    boolean lower() {
      return value == Value.PEAK_MEMORY;
    }

    double of(Peers.Side side, boolean own) {
      return value == Value.PEAK_MEMORY
          ? side.peakMb()
          : Peers.median(side) * (own ? factor : 1) * scale;
    }
  }

  /** Rows of the works, in order; all works where none is named. */
  List<Row> chosen(List<String> works, List<String> shapes) {
    List<String> wanted = shapes.isEmpty() ? USUAL : shapes;
    for (String work : works) {
      if (rows.stream().noneMatch(row -> row.name().equals(work))) {
        throw new IllegalArgumentException(
            "no work '%s'; there are %s"
                .formatted(work, rows.stream().map(Row::name).distinct().toList()));
      }
    }
    return rows.stream()
        .filter(row -> works.isEmpty() || works.contains(row.name()))
        .filter(row -> wanted.contains(row.shape()))
        .filter(Works::sensible)
        .sorted(java.util.Comparator.comparingInt(row -> order(row.name())))
        .toList();
  }

  /** Small models are tried with everything, the large one with what ends the same day. */
  private static boolean sensible(Row row) {
    return switch (row.shape()) {
      case "tiny" -> true;
      case "135M" -> List.of("sft", "sft-bf16", "generate").contains(row.name());
      default -> row.minutes() > 0;
    };
  }

  private int order(String name) {
    return rows.stream().map(Row::name).distinct().toList().indexOf(name);
  }

  void print() {
    System.out.println("| work | shape | what | goal | minutes |");
    System.out.println("|---|---|---|---|---|");
    for (Row row : chosen(List.of(), List.of())) {
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %s | %s | %.1f |%n",
          row.name(),
          row.shape(),
          row.title(),
          row.goals(),
          row.minutes());
    }
  }

  private static ObjectNode asked(String work, Object... values) {
    ObjectNode asked = JSON.createObjectNode().put("work", work).put("bf16", false);
    for (int i = 0; i < values.length; i += 2) {
      asked.set((String) values[i], JSON.valueToTree(values[i + 1]));
    }
    return asked;
  }

  private static List<Peer> temper(ObjectNode asked) {
    return List.of(new Peer("Temper", "", asked));
  }

  private static List<Peer> one(String label, String script, ObjectNode asked) {
    return List.of(new Peer(label, script, asked));
  }

  private static double goal(String shape, Map<String, Double> goals) {
    return goals.getOrDefault(shape, 0.0);
  }

  /** Minutes, in proportion to what a step of a shape costs; 0 where a row is not usual. */
  private static double minutes(String shape, double at5M) {
    return switch (shape) {
      case "1M" -> 0.5 + 0.3 * at5M;
      case "5M" -> 0.7 + at5M;
      case "15M" -> 0.7 + 2 * at5M;
      default -> 0;
    };
  }

  private static int rowsOf(String shape) {
    return switch (shape) {
      case "tiny" -> 2;
      case "135M" -> 4;
      default -> 16;
    };
  }

  /** Dense rows: ten steps of 2,048 tokens. */
  private void fineTuning(String shape, int length, boolean bf16) {
    int batch = Math.max(1, rowsOf(shape) * 128 / length);
    ObjectNode both =
        asked("sft", "rows", "dense-" + length + ".jsonl", "batch", batch, "learningRate", 1e-4)
            .put("bf16", bf16);
    ObjectNode own =
        both.deepCopy().put("microBatch", (batch + 1) / 2).put("rowTokens", length);
    double goal =
        bf16
            ? goal(shape, Map.of("5M", 1.7, "15M", 2.0))
            : goal(shape, Map.of("1M", 1.5, "5M", 1.25, "15M", 1.5));
    rows.add(
        new Row(
            bf16 ? "sft-bf16" : length == 128 ? "sft" : "sft-256",
            "SFT step, %d x %d, %s".formatted(batch, length, bf16 ? "bf16" : "fp32"),
            shape,
            "tokens/s",
            temper(own),
            List.of(one("TRL", TRL, both), one("transformers", TORCH, both)),
            List.of(goal, goal),
            Value.RATE,
            1,
            1,
            !bf16,
            minutes(shape, 1.5)));
  }

  private void generation(String shape, int batch) {
    if (shape.equals("tiny") && batch > 8 || shape.equals("135M") && batch != 8) {
      return;
    }
    int limit = Math.max(batch, Math.min(2 * batch, 4));
    ObjectNode both =
        asked("generate", "rows", "prompts.jsonl", "batch", batch, "limit", limit)
            .put("promptTokens", 16)
            .put("newTokens", NEW_TOKENS);
    ObjectNode own = both.deepCopy().put("chunk", (batch + 1) / 2).put("slots", 32);
    double goal = Map.of(1, 1.5, 8, 2.2, 32, 3.0, 64, 3.5).get(batch);
    rows.add(
        new Row(
            "generate",
            "generation, batch %d, prompt 16, %d new".formatted(batch, NEW_TOKENS),
            shape,
            "tokens/s",
            temper(own),
            List.of(
                one("transformers", TORCH, both),
                one("static cache", TORCH, both.deepCopy().put("work", "static"))),
            USUAL.contains(shape) ? List.of(goal, 1.2) : List.of(0.0, 0.0),
            Value.RATE,
            1,
            1,
            false,
            minutes(shape, 0.3)));
  }

  private void generationAtRealLengths(String shape) {
    int prompts = shape.equals("tiny") ? 8 : 256;
    ObjectNode both =
        asked("generate", "rows", "prompts.jsonl", "limit", prompts, "model", "ending")
            .put("promptTokens", 128)
            .put("newTokens", NEW_TOKENS);
    rows.add(
        new Row(
            "generate-real",
            "generation, %d prompts, ends at random".formatted(prompts),
            shape,
            "tokens/s",
            slots(both.deepCopy().put("batch", prompts)),
            List.of(one("transformers", TORCH, both.deepCopy().put("batch", 64))),
            List.of(USUAL.contains(shape) ? 5.0 : 0),
            Value.RATE,
            1,
            1,
            false,
            shape.equals("135M") ? 0 : minutes(shape, 1)));
  }

  /** Slots as in a recipe that says nothing, and as many as a chunk has sequences. */
  private static List<Peer> slots(ObjectNode asked) {
    return List.of(
        new Peer("Temper, 32 slots", "", asked.deepCopy().put("chunk", 64).put("slots", 32)),
        new Peer("Temper, 64 slots", "", asked.deepCopy().put("chunk", 64).put("slots", 64)));
  }

  private static List<Peer> settings(ObjectNode asked, String... ways) {
    List<Peer> settings = new ArrayList<>();
    for (String way : ways) {
      settings.add(
          new Peer(
              way.equals("plain") ? "TRL" : "TRL, " + way, TRL, asked.deepCopy().put("how", way)));
    }
    return settings;
  }

  /** Questions and answers, prompts masked: one epoch of 320 rows in batches of 32. */
  private void realRows(String shape) {
    ObjectNode both =
        asked("sft", "rows", "rows.jsonl", "batch", shape.equals("tiny") ? 4 : 32)
            .put("learningRate", 1e-4);
    rows.add(
        new Row(
            "sft-real",
            "SFT, real rows",
            shape,
            "trained tokens/s",
            temper(both.deepCopy().put("microBatch", shape.equals("tiny") ? 2 : 16).put("rowTokens", 256)),
            List.of(settings(both, "plain", "split", "grouped", "packed")),
            List.of(USUAL.contains(shape) ? 2.0 : 0),
            Value.RATE,
            1,
            1,
            true,
            shape.equals("135M") ? 0 : minutes(shape, 4)));
  }

  /** Chosen and rejected answers in batches of 32 pairs; DPO with the reference computed before. */
  private void pairs(String work, String shape) {
    int batch = shape.equals("tiny") ? 2 : 32;
    ObjectNode both =
        asked(work, "rows", "pairs.jsonl", "batch", batch, "learningRate", 1e-4)
            .put("model", work.equals("rm") ? "reward" : "model");
    rows.add(
        new Row(
            work,
            work.equals("rm") ? "reward-model step, real rows" : "DPO step, real rows",
            shape,
            "pairs/s",
            temper(both.deepCopy().put("microBatch", batch / 2).put("rowTokens", 256)),
            List.of(settings(both, "plain", "split")),
            List.of(USUAL.contains(shape) ? 2.0 : 0),
            Value.RATE,
            1,
            1,
            true,
            shape.equals("5M") || shape.equals("15M") ? minutes(shape, 3) : 0));
  }

  private void reinforcement(String name, String shape, String model, boolean bf16) {
    int prompts = shape.equals("tiny") ? 2 : 8;
    int group = shape.equals("tiny") ? 2 : 8;
    ObjectNode both =
        asked("grpo", "rows", "questions.jsonl", "model", model, "batch", prompts, "group", group)
            .put("limit", 2 * prompts)
            .put("newTokens", NEW_TOKENS)
            .put("learningRate", 1e-6)
            .put("bf16", bf16);
    rows.add(
        new Row(
            name,
            "GRPO step, %d x %d x %d, reference, %s%s"
                .formatted(
                    prompts,
                    group,
                    NEW_TOKENS,
                    bf16 ? "bf16" : "fp32",
                    model.equals("ending") ? ", ends at random" : ""),
            shape,
            "sampled tokens/s",
            temper(
                both.deepCopy()
                    .put("microBatch", 16)
                    .put("rowTokens", 256)
                    .put("chunk", 32)
                    .put("slots", 32)),
            List.of(one("TRL", TRL, both)),
            List.of(USUAL.contains(shape) ? (bf16 ? 2.2 : model.equals("ending") ? 3.0 : 1.7) : 0),
            Value.RATE,
            1,
            1,
            false,
            shape.equals("5M") || shape.equals("15M") ? minutes(shape, 1.5) : 0));
  }

  /**
   * Largest resident memory after rounds of training, process and libraries included; in smaller
   * micro-batches, which is what they are for.
   */
  private void memory(String shape) {
    for (String work : List.of("sft", "grpo")) {
      Row measured =
          rows.stream()
              .filter(row -> row.name().equals(work) && row.shape().equals(shape))
              .findFirst()
              .orElseThrow();
      int microBatch = Math.min(work.equals("sft") ? 4 : 8, rowsOf(shape));
      ObjectNode own = measured.temper().get(0).asked().deepCopy().put("microBatch", microBatch);
      rows.add(
          new Row(
              "memory",
              "peak memory, " + measured.title() + ", micro-batches of " + microBatch,
              shape,
              "MB",
              temper(own),
              List.of(measured.peers().get(0)),
              List.of(shape.equals("15M") ? 0.5 : 0),
              Value.PEAK_MEMORY,
              1,
              1,
              false,
              shape.equals("15M") ? 2 : 0));
    }
  }

  /**
   * Six operations for each number in a product and each token, against plain products of 2048 by
   * 2048 on as many threads.
   */
  private void share(String shape) {
    Row measured =
        rows.stream()
            .filter(row -> row.name().equals("sft") && row.shape().equals(shape))
            .findFirst()
            .orElseThrow();
    rows.add(
        new Row(
            "share",
            "share of the matrix rate, " + measured.title(),
            shape,
            "GFLOP/s",
            measured.temper(),
            List.of(
                one("products", "", asked("products", "batch", shape.equals("tiny") ? 1 : 10))),
            List.of(goal(shape, Map.of("5M", 0.65, "15M", 0.75))),
            Value.RATE,
            6.0 * inProducts(shape),
            1e-9,
            false,
            minutes(shape, 0.5)));
  }

  private double inProducts(String shape) {
    Path about = data.resolve(shape).resolve("about.json");
    try {
      return about.toFile().exists() ? JSON.readTree(about.toFile()).path("inProducts").asDouble() : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

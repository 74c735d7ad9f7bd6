import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Seconds from the command to the first optimizer step: {@code temper run} with an empty home, a
 * script with TRL's trainer, and TRL's command line, in turns.
 *
 * <p>{@code java FirstStep.java ROOT SCRATCH PYTHON DATA ROUNDS}
 */
final class FirstStep {

  private static final long LIMIT_SECONDS = 300;

  private final Path root;
  private final Path scratch;
  private final String python;
  private final Path data;

  private FirstStep(Path root, Path scratch, String python, Path data) {
    this.root = root;
    this.scratch = scratch;
    this.python = python;
    this.data = data;
  }

  private interface Sign {
    boolean seen() throws IOException;
  }

  public static void main(String[] arguments) throws Exception {
    FirstStep first =
        new FirstStep(
            Path.of(arguments[0]),
            Path.of(arguments[1]),
            arguments[2],
            Path.of(arguments[3]));
    int rounds = Integer.parseInt(arguments[4]);
    double[][] seconds = new double[3][rounds];
    for (int round = -1; round < rounds; round++) { // the first one fills the caches of the machine
      double[] found = {first.temper(round), first.script(round), first.commandLine(round)};
      for (int side = 0; round >= 0 && side < found.length; side++) {
        seconds[side][round] = found[side];
      }
    }
    for (double[] all : seconds) {
      Arrays.sort(all);
    }
    System.out.println(
        "| work | shape | unit | Temper | peer | ratio | least to most | goal | met | losses differ by | peak MB |");
    System.out.println("|---|---|---|---|---|---|---|---|---|---|---|");
    double own = seconds[0][rounds / 2];
    print("TRL script", own, seconds[1], 1);
    print("TRL command line", own, seconds[2], 0.3);
  }

  private static void print(String peer, double own, double[] theirs, double goal) {
    double ratio = own / theirs[theirs.length / 2];
    System.out.printf(
        Locale.ROOT,
        "| first optimizer step | 5M | s | %.2f | %s %.2f | %.2f | %.2f to %.2f | <= %s | %s | - | - |%n",
        own,
        peer,
        theirs[theirs.length / 2],
        ratio,
        own / theirs[theirs.length - 1],
        own / theirs[0],
        goal,
        ratio <= goal ? "yes" : "NO");
  }

  private double temper(int round) throws IOException, InterruptedException {
    Path home = scratch.resolve("home" + round);
    Path metrics = home.resolve("runs/first/stages/base/metrics.jsonl");
    List<String> command =
        List.of(
            root.resolve("temper").toString(),
            "run",
            root.resolve("infra/bench/peers/first.yaml").toString(),
            "--home",
            home.toString(),
            "--plain");
    return seconds(
        "temper" + round, command, () -> Files.exists(metrics) && Files.size(metrics) > 0);
  }

  private double script(int round) throws IOException, InterruptedException {
    String name = "script" + round;
    return seconds(
        name,
        List.of(
            python,
            root.resolve("infra/bench/peers/trl_first.py").toString(),
            data.resolve("5M/model").toString(),
            data.resolve("5M/questions.jsonl").toString(),
            scratch.resolve("out-" + name).toString()),
        () -> said(name, "first step"));
  }

  private double commandLine(int round) throws IOException, InterruptedException {
    String name = "cli" + round;
    Path rows = Files.createDirectories(scratch.resolve("rows"));
    Path copy = rows.resolve("train.jsonl");
    if (!Files.exists(copy)) {
      Files.copy(data.resolve("5M/questions.jsonl"), copy);
    }
    List<String> command = new ArrayList<>(List.of(Path.of(python).resolveSibling("trl").toString(), "sft"));
    command.addAll(List.of("--model_name_or_path", data.resolve("5M/model").toString()));
    command.addAll(List.of("--dataset_name", rows.toString()));
    command.addAll(List.of("--output_dir", scratch.resolve("out-" + name).toString()));
    command.addAll(
        List.of(
            ("--use_cpu True --bf16 False --gradient_checkpointing False --max_steps 1"
                    + " --per_device_train_batch_size 16 --max_length 128 --logging_steps 1"
                    + " --report_to none --save_strategy no --dataloader_pin_memory False")
                .split(" ")));
    return seconds(name, command, () -> said(name, "loss'"));
  }

  private boolean said(String name, String text) throws IOException {
    return Files.readString(scratch.resolve(name + ".log"), StandardCharsets.ISO_8859_1)
        .contains(text);
  }

  private double seconds(String name, List<String> command, Sign sign)
      throws IOException, InterruptedException {
    Path log = scratch.resolve(name + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.to(log.toFile()));
    builder.environment().put("HF_HUB_OFFLINE", "1");
    builder.environment().put("HF_HOME", scratch.resolve("hf").toString());
    builder.environment().remove("TEMPORAL_ADDRESS");
    builder.environment().remove("TEMPORAL_PROFILE");
    builder.environment().remove("MLFLOW_TRACKING_URI");
    builder.environment().remove("TEMPER_STORE");
    long start = System.nanoTime();
    Process process = builder.start();
    while (!sign.seen()) {
      if (process.waitFor(5, TimeUnit.MILLISECONDS) && !sign.seen()) {
        throw new IOException(name + " ended without a step:\n" + Files.readString(log));
      }
      if (System.nanoTime() - start > LIMIT_SECONDS * 1_000_000_000L) {
        process.destroyForcibly();
        throw new IOException(name + " made no step in " + LIMIT_SECONDS + " s");
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    process.waitFor();
    return seconds;
  }
}

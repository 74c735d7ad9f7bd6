import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Seconds for fine-tuning, a reward model and GRPO one after the other, starts of processes
 * included: one command of Temper, three of TRL, in turns.
 *
 * <p>{@code java Chain.java ROOT SCRATCH PYTHON DATA ROUNDS SHAPE}
 */
final class Chain {

  private static final double GOAL = 3;

  private final Path root;
  private final Path scratch;
  private final Path trl;
  private final Path data;

  private Chain(Path root, Path scratch, Path trl, Path data) {
    this.root = root;
    this.scratch = scratch;
    this.trl = trl;
    this.data = data;
  }

  public static void main(String[] arguments) throws Exception {
    Chain chain =
        new Chain(
            Path.of(arguments[0]),
            Path.of(arguments[1]),
            Path.of(arguments[2]).resolveSibling("trl"),
            Path.of(arguments[3]).resolve(arguments[5]));
    int rounds = Integer.parseInt(arguments[4]);
    double[] own = new double[rounds];
    double[] theirs = new double[rounds];
    double[] ratios = new double[rounds];
    for (int round = -1; round < rounds; round++) { // the first one fills the caches of the machine
      double temper = chain.temper(round);
      double peer = chain.peer(round);
      if (round >= 0) {
        own[round] = temper;
        theirs[round] = peer;
        ratios[round] = peer / temper;
      }
    }
    for (double[] values : List.of(own, theirs, ratios)) {
      Arrays.sort(values);
    }
    double ratio = theirs[rounds / 2] / own[rounds / 2];
    System.out.println(
        "| work | shape | unit | Temper | peer | ratio | least to most | goal | met | losses differ by | peak MB |");
    System.out.println("|---|---|---|---|---|---|---|---|---|---|---|");
    System.out.printf(
        Locale.ROOT,
        "| SFT, reward model, GRPO in a chain | %s | s | %.1f | TRL, three commands %.1f | %.2f | %.2f to %.2f | >= %s | %s | - | - |%n",
        arguments[5],
        own[rounds / 2],
        theirs[rounds / 2],
        ratio,
        ratios[0],
        ratios[rounds - 1],
        GOAL,
        ratio >= GOAL ? "yes" : "NO");
  }

  private double temper(int round) throws IOException, InterruptedException {
    return run(
        "temper-chain" + round,
        List.of(
            root.resolve("temper").toString(),
            "run",
            data.resolve("chain.yaml").toString(),
            "--home",
            scratch.resolve("chain-home" + round).toString(),
            "--plain"));
  }

  private double peer(int round) throws IOException, InterruptedException {
    Path sft = scratch.resolve("chain-sft" + round);
    Path rm = scratch.resolve("chain-rm" + round);
    Path rl = scratch.resolve("chain-rl" + round);
    String same =
        "--use_cpu True --bf16 False --gradient_checkpointing False --report_to none"
            + " --save_strategy no --dataloader_pin_memory False --optim adamw_torch_fused";
    return run(
            "trl-sft" + round,
            command("sft", data.resolve("model"), "sft", sft, same)
                .with("--num_train_epochs 1 --per_device_train_batch_size 32 --max_length 512")
                .with("--learning_rate 1e-4"))
        + run(
            "trl-reward" + round,
            command("reward", sft, "pairs", rm, same)
                .with("--num_train_epochs 1 --per_device_train_batch_size 32 --max_length 512")
                .with("--learning_rate 1e-4"))
        + run(
            "trl-grpo" + round,
            command("grpo", sft, "prompts", rl, same)
                .with("--reward_model_name_or_path " + rm)
                .with("--max_steps 4 --per_device_train_batch_size 64 --num_generations 8")
                .with("--max_completion_length 64 --beta 0.04 --loss_type grpo")
                .with("--learning_rate 1e-6"));
  }

  /** A command that grows. */
  private static final class Command extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    Command with(String words) {
      addAll(Arrays.asList(words.split(" ")));
      return this;
    }
  }

  private Command command(String name, Path model, String rows, Path out, String same) {
    Command command = new Command();
    command.add(trl.toString());
    command.addAll(List.of(name, "--model_name_or_path", model.toString(), "--dataset_name"));
    command.add(data.resolve("chain").resolve(rows).toString());
    command.addAll(List.of("--output_dir", out.toString()));
    return command.with(same);
  }

  private double run(String name, List<String> command) throws IOException, InterruptedException {
    Path log = scratch.resolve(name + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.to(log.toFile()));
    builder.environment().put("HF_HUB_OFFLINE", "1");
    builder.environment().put("HF_HOME", scratch.resolve("hf").toString());
    for (String elsewhere :
        List.of("TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "MLFLOW_TRACKING_URI", "TEMPER_STORE")) {
      builder.environment().remove(elsewhere);
    }
    long start = System.nanoTime();
    int code = builder.start().waitFor();
    double seconds = (System.nanoTime() - start) / 1e9;
    if (code != 0) {
      List<String> lines = Files.readAllLines(log);
      throw new IOException(
          name
              + " ended with exit code "
              + code
              + ":\n"
              + String.join("\n", lines.subList(Math.max(0, lines.size() - 25), lines.size())));
    }
    return seconds;
  }
}

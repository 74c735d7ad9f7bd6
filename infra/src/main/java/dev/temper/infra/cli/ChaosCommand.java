package dev.temper.infra.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.temper.infra.chaos.Certificate;
import dev.temper.infra.chaos.Chaos;
import dev.temper.infra.chaos.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Proves that a recipe survives kills on this machine. */
@Command(
    name = "chaos",
    description = "runs a recipe once clean and again with kills, and compares what they leave")
final class ChaosCommand implements Callable<Integer> {

  private final TemperCommand root;

  @Parameters(paramLabel = "RECIPE", description = "a YAML file")
  private Path recipe;

  @Option(names = "--kills", paramLabel = "K", defaultValue = "20", description = "default: 20")
  private int kills;

  @Option(
      names = "--per-run",
      paramLabel = "N",
      defaultValue = "20",
      description = "kills in one run at most, before it is let to its end; default: 20")
  private int killsPerRun;

  @Option(
      names = "--targets",
      split = ",",
      paramLabel = "T",
      description = "worker, server, store, tracker; default: all that take part")
  private Set<Target> targets = new TreeSet<>();

  @Option(
      names = "--embedded",
      description = "one process with Temporal inside, without servers: only workers are killed")
  private boolean embedded;

  @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "default: 1")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "where certificate.md, certificate.json and the runs go; must be new")
  private Path out;

  ChaosCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (kills < 1 || killsPerRun < 1) {
      throw Refusal.usage("--kills and --per-run must be at least 1");
    }
    Path file = root.path(recipe);
    if (!Files.isRegularFile(file)) {
      throw Refusal.usage("there is no file " + file);
    }
    Path folder = root.path(out == null ? Path.of(".temper-chaos") : out);
    if (Files.exists(folder)) {
      throw Refusal.usage("%s is there already: choose another --out".formatted(folder));
    }
    Path launcher =
        root.around()
            .root()
            .map(path -> path.resolve("temper"))
            .orElseThrow(
                () -> Refusal.usage("chaos needs the temper launcher, to start processes"));
    List<String> temper = List.of(launcher.toString());
    Consumer<String> say = line -> root.around().err().println("chaos: " + line);
    Chaos chaos =
        embedded
            ? Chaos.embedded(file, folder, temper, seed, Version.text(), say)
            : Chaos.servers(
                file,
                folder,
                List.of(launcher.toString()),
                root.around().environment(),
                seed,
                Version.text(),
                say);
    Certificate certificate = chaos.certify(kills, killsPerRun, targets);
    Files.writeString(folder.resolve("certificate.md"), certificate.markdown());
    Files.write(
        folder.resolve("certificate.json"),
        JsonMapper.builder()
            .build()
            .writerWithDefaultPrettyPrinter()
            .writeValueAsBytes(certificate));
    if (root.json()) {
      new JsonLines(root.around().out()).print(certificate);
    } else {
      root.around().out().print(certificate.markdown());
      root.around().out().printf("%ncertificate  %s%n", folder.resolve("certificate.md"));
    }
    return (certificate.isEqual() ? ExitCode.OK : ExitCode.STAGE_FAILED).number();
  }
}

package dev.temper.infra.cli;

import dev.temper.activities.StageFailpoints;
import dev.temper.infra.Wiring;
import dev.temper.trainers.ArtifactWriter;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageOutput;
import dev.temper.trainers.StepReport;
import dev.temper.trainers.StepwiseTask;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Goes once through what every start does, so that the launcher can keep the classes in a form that
 * the JVM maps instead of parsing: reads a recipe, runs it with stages that compute nothing, and
 * runs it again with everything cached. Leaves nothing behind.
 */
public final class Rehearsal {

  private static final String RECIPE =
      """
      name: rehearsal
      stages:
        base:
          kind: pretrain
          data: {synthetic: kind-notes/pretraining, rows: 8}
          model: {architecture: llama, width: 16, layers: 1, heads: 2, feedForward: 16}
          steps: 1
          learningRate: 1.0e-3
        sft:
          kind: sft
          init: base
          data: {synthetic: kind-notes/demonstrations, rows: 8}
          steps: 1
          learningRate: 1.0e-3
      """;

  private Rehearsal() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createTempDirectory("temper-rehearsal");
    try {
      Files.writeString(folder.resolve("rehearsal.yaml"), RECIPE);
      Surroundings around =
          new Surroundings(
              System.out, System.err, folder, Map.of(), Optional.empty(), OptionalInt.of(80));
      Supplier<Wiring> wiring =
          () -> new Wiring("rehearsal", (context, from) -> new Nothing(), StageFailpoints.NONE);
      String[][] commands = {
        {"--help"},
        {"validate", "rehearsal.yaml"},
        {"plan", "rehearsal.yaml"},
        {"run", "rehearsal.yaml"},
        {"run", "rehearsal.yaml", "--plain"},
        {"status", "rehearsal"},
        {"list", "--json"},
        {"methods"}
      };
      for (String[] command : commands) {
        CommandLineRunner.execute(around, wiring, command);
      }
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** A task of one step that computes nothing. */
  private static final class Nothing implements StepwiseTask {
    private long step;

    @Override
    public long step() {
      return step;
    }

    @Override
    public long totalSteps() {
      return 1;
    }

    @Override
    public StepReport advance(Pulse pulse) {
      step++;
      return new StepReport(Map.of("train/loss", 0.0));
    }

    @Override
    public void save(CheckpointWriter out) throws IOException {
      out.put("step", ByteBuffer.wrap(new byte[] {(byte) step}));
    }

    @Override
    public StageOutput finish(ArtifactWriter out) throws IOException {
      out.content("nothing", ByteBuffer.wrap(new byte[1]));
      return new StageOutput(Map.of("", ""), Map.of("train/loss", 0.0));
    }

    @Override
    public void close() {}
  }
}

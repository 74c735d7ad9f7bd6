package dev.temper.infra.embedded;

import dev.temper.recipes.EvaluationSpec;
import dev.temper.recipes.Input;
import dev.temper.trainers.ArtifactWriter;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageContext;
import dev.temper.trainers.StageOutput;
import dev.temper.trainers.StepReport;
import dev.temper.trainers.StepwiseTask;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Adds up the totals of its inputs and its own steps. */
final class CountingTask implements StepwiseTask {

  private final EvaluationSpec spec;
  private final LongConsumer beforeStep;
  private long step;
  private long total;

  private CountingTask(EvaluationSpec spec, LongConsumer beforeStep) {
    this.spec = spec;
    this.beforeStep = beforeStep;
  }

  /** {@code beforeStep} is told the number of each step before it is made, and may throw. */
  static StepwiseTask open(
      StageContext context, Optional<CheckpointReader> from, LongConsumer beforeStep)
      throws IOException {
    CountingTask task = new CountingTask((EvaluationSpec) context.spec(), beforeStep);
    if (from.isPresent()) {
      task.step = from.get().step();
      task.total = from.get().read("total").getLong();
    } else {
      for (Input input : task.spec.models()) {
        task.total +=
            Long.parseLong(Files.readString(context.inputs().folder(input).resolve("total.txt")));
      }
    }
    return task;
  }

  @Override
  public long step() {
    return step;
  }

  @Override
  public long totalSteps() {
    return spec.bootstrapResamples();
  }

  @Override
  public StepReport advance(Pulse pulse) {
    beforeStep.accept(step + 1);
    step++;
    total += spec.seed();
    pulse.beat();
    return new StepReport(Map.of("count/total", (double) total));
  }

  @Override
  public void save(CheckpointWriter out) throws IOException {
    out.put(
        "total",
        ByteBuffer.allocate(Long.BYTES)
            .order(java.nio.ByteOrder.LITTLE_ENDIAN)
            .putLong(total)
            .flip());
  }

  @Override
  public StageOutput finish(ArtifactWriter out) throws IOException {
    out.content("total.txt", ByteBuffer.wrap(Long.toString(total).getBytes(US_ASCII)));
    return new StageOutput(Map.of("", ""), Map.of("count/total", (double) total));
  }

  private static final java.nio.charset.Charset US_ASCII =
      java.nio.charset.StandardCharsets.US_ASCII;

  @Override
  public void close() {}
}

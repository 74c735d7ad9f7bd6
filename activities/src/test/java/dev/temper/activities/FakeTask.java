package dev.temper.activities;

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
import dev.temper.trainers.random.NamedRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;

/**
 * Updates a few weights by named random numbers, keeps a running average, and appends a chunk of
 * samples every third step: all that a real task keeps, without tensors.
 */
final class FakeTask implements StepwiseTask {

  static final int WEIGHTS = 64;
  private static final int SAMPLE_EVERY = 3;

  private final EvaluationSpec spec;
  private final FakeBugs bugs;
  private final NamedRandom random;
  private final ByteBuffer weights =
      ByteBuffer.allocate(WEIGHTS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final StringBuilder samples = new StringBuilder();
  private long step;
  private double lossAverage;

  private FakeTask(EvaluationSpec spec, FakeBugs bugs) {
    this.spec = spec;
    this.bugs = bugs;
    this.random = new NamedRandom(spec.seed(), "fake");
  }

  static Factory factory(FakeBugs bugs) {
    return (context, from) -> {
      FakeTask task = new FakeTask((EvaluationSpec) context.spec(), bugs);
      if (from.isPresent()) {
        task.restore(from.get());
      } else {
        task.start(context);
      }
      return task;
    };
  }

  private void start(StageContext context) throws IOException {
    for (Input input : spec.models()) {
      byte[] other = Files.readAllBytes(context.inputs().folder(input).resolve("weights.f32"));
      ByteBuffer from = ByteBuffer.wrap(other).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < WEIGHTS; i++) {
        weights.putFloat(4 * i, weights.getFloat(4 * i) + from.getFloat(4 * i));
      }
    }
  }

  private void restore(CheckpointReader from) throws IOException {
    step = from.step();
    weights.put(from.read("weights.f32")).clear();
    lossAverage = bugs.forgetsAverage() ? 0 : from.read("average.f64").getDouble();
    for (String path : from.paths()) {
      if (path.startsWith("samples/")) {
        samples.append(StandardCharsets.UTF_8.decode(from.read(path)));
      }
    }
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
    bugs.beforeStep(step + 1);
    double sum = 0;
    for (int i = 0; i < WEIGHTS; i++) {
      float next = weights.getFloat(4 * i) * 0.99f + random.uniform(step, i, 0, 0) - 0.5f;
      weights.putFloat(4 * i, next);
      sum += next * next;
    }
    step++;
    lossAverage = 0.9 * lossAverage + 0.1 * sum;
    pulse.beat();
    if (step % SAMPLE_EVERY == 0) {
      samples.append(sample(step));
    }
    return new StepReport(
        Map.of("train/loss", bugs.loss(step, sum), "train/loss_average", lossAverage));
  }

  private String sample(long at) {
    return "{\"step\":%d,\"completion\":\"word-%d\"}%n".formatted(at, at * spec.seed());
  }

  @Override
  public void save(CheckpointWriter out) throws IOException {
    out.put("weights.f32", weights.duplicate().clear());
    ByteBuffer average = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    out.put("average.f64", average.putDouble(lossAverage).flip());
    for (long at = SAMPLE_EVERY; at <= step; at += SAMPLE_EVERY) {
      long made = at;
      out.putOnce(
          "samples/%06d.jsonl".formatted(at),
          () -> ByteBuffer.wrap(sample(made).getBytes(StandardCharsets.UTF_8)));
    }
  }

  @Override
  public StageOutput finish(ArtifactWriter out) throws IOException {
    out.content("weights.f32", weights.duplicate().clear());
    out.content("snapshots/last/weights.f32", weights.duplicate().clear());
    out.attachment(
        "samples.jsonl", ByteBuffer.wrap(samples.toString().getBytes(StandardCharsets.UTF_8)));
    return new StageOutput(
        Map.of("", "", "@last", "snapshots/last"), Map.of("train/loss_average", lossAverage));
  }

  @Override
  public void close() {}
}

package dev.temper.infra.cli;

import dev.temper.recipes.SftSpec;
import dev.temper.recipes.StageOutputs;
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
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Stages of a hundred steps whose every step depends on the one before, so that one that is lost or
 * made twice changes the result; those of fine-tuning go only as far as a test lets them.
 */
final class GatedStages implements StepwiseTask.Factory {

  static final int STEPS = 100;

  private final CountDownLatch atGate;
  private volatile long allowed;

  /**
   * @param allowed steps that a stage may make at first
   * @param stages that come to the gate before {@link #awaitGate} returns
   */
  GatedStages(long allowed, int stages) {
    this.allowed = allowed;
    this.atGate = new CountDownLatch(stages);
  }

  void allow(long steps) {
    allowed = steps;
  }

  void awaitGate() throws InterruptedException {
    if (!atGate.await(60, TimeUnit.SECONDS)) {
      throw new AssertionError(atGate.getCount() + " stages have not come to the gate");
    }
  }

  @Override
  public StepwiseTask open(StageContext context, Optional<CheckpointReader> from)
      throws IOException {
    long step = from.map(CheckpointReader::step).orElse(0L);
    long state =
        from.isEmpty()
            ? context.spec().seed()
            : from.get().read("state").order(ByteOrder.LITTLE_ENDIAN).getLong();
    return new Task(context, step, state);
  }

  private final class Task implements StepwiseTask {
    private final StageContext context;
    private final boolean gated;
    private long step;
    private long state;
    private boolean waited;

    Task(StageContext context, long step, long state) {
      this.context = context;
      this.gated = context.spec() instanceof SftSpec;
      this.step = step;
      this.state = state;
    }

    @Override
    public long step() {
      return step;
    }

    @Override
    public long totalSteps() {
      return STEPS;
    }

    @Override
    public StepReport advance(Pulse pulse) {
      while (gated && step >= allowed) {
        if (!waited) {
          waited = true;
          atGate.countDown();
        }
        pulse.beat();
        LockSupport.parkNanos(20_000_000);
      }
      step++;
      state = state * 6364136223846793005L + 1442695040888963407L;
      return new StepReport(Map.of("train/loss", (state >>> 11) * 0x1p-53));
    }

    @Override
    public void save(CheckpointWriter out) throws IOException {
      out.put("state", bytes());
    }

    @Override
    public StageOutput finish(ArtifactWriter out) throws IOException {
      out.content("state", bytes());
      Map<String, String> outputs = new TreeMap<>();
      StageOutputs.of(context.spec()).keySet().forEach(name -> outputs.put(name, ""));
      return new StageOutput(outputs, Map.of("train/loss", 0.5));
    }

    private ByteBuffer bytes() {
      return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, state);
    }

    @Override
    public void close() {}
  }
}

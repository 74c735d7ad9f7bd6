package dev.temper.infra.cli;

import dev.temper.recipes.StageOutputs;
import dev.temper.recipes.StageSpec;
import dev.temper.trainers.ArtifactWriter;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageContext;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.StageOutput;
import dev.temper.trainers.StepReport;
import dev.temper.trainers.StepwiseTask;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Stages of three steps that compute nothing and write their seed; one kind can be made to fail.
 */
final class FakeStages implements StepwiseTask.Factory {

  /** Steps of a stage that is held: more than a test waits for. */
  private final long longSteps;

  private final Duration pace;

  private final AtomicInteger opened = new AtomicInteger();
  private volatile Optional<Class<? extends StageSpec>> failing = Optional.empty();
  private volatile Map<Class<? extends StageSpec>, String> stumbling = Map.of();
  private volatile Optional<Class<? extends StageSpec>> held = Optional.empty();

  FakeStages() {
    this(30_000, Duration.ofMillis(5));
  }

  /**
   * For a test that takes longer.
   *
   * @param longSteps of a stage that is held
   * @param pace time of each
   */
  FakeStages(long longSteps, Duration pace) {
    this.longSteps = longSteps;
    this.pace = pace;
  }

  /** Tasks opened so far: stages that were not found in the store. */
  int opened() {
    return opened.get();
  }

  void fail(Class<? extends StageSpec> kind) {
    failing = Optional.of(kind);
  }

  void heal() {
    failing = Optional.empty();
  }

  /** Stages of a kind fail in a way that another attempt may mend. */
  void stumble(Class<? extends StageSpec> kind, String why) {
    stumbling = Map.of(kind, why);
  }

  /** Stages of a kind make steps, but come to no end until {@link #release}. */
  void hold(Class<? extends StageSpec> kind) {
    held = Optional.of(kind);
  }

  void release() {
    held = Optional.empty();
  }

  @Override
  public StepwiseTask open(StageContext context, Optional<CheckpointReader> from) {
    opened.incrementAndGet();
    boolean fails = failing.filter(context.spec().getClass()::equals).isPresent();
    boolean holds = held.filter(context.spec().getClass()::equals).isPresent();
    Optional<Long> before = from.map(CheckpointReader::step);
    return new Task(
        context.spec(),
        fails,
        holds || before.filter(step -> step >= 3).isPresent() ? longSteps : 3,
        before.orElse(0L));
  }

  private final class Task implements StepwiseTask {
    private final StageSpec spec;
    private final boolean fails;
    private final long steps;
    private long step;

    Task(StageSpec spec, boolean fails, long steps, long step) {
      this.spec = spec;
      this.fails = fails;
      this.steps = steps;
      this.step = step;
    }

    @Override
    public long step() {
      return step;
    }

    @Override
    public long totalSteps() {
      return steps;
    }

    @Override
    public StepReport advance(Pulse pulse) {
      if (fails) {
        throw new StageFailure(StageFailure.Type.TRAINING_DIVERGED, "loss is NaN at step 1");
      }
      if (stumbling.containsKey(spec.getClass())) {
        throw new IllegalStateException(stumbling.get(spec.getClass()));
      }
      if (held.filter(spec.getClass()::equals).isPresent()) {
        LockSupport.parkNanos(pace.toNanos());
      }
      step++;
      return new StepReport(Map.of("train/loss", 1.0 / step));
    }

    @Override
    public void save(CheckpointWriter out) throws IOException {
      out.put("step", bytes(Long.toString(step)));
    }

    @Override
    public StageOutput finish(ArtifactWriter out) throws IOException {
      out.content("seed.txt", bytes(Long.toString(spec.seed())));
      out.attachment("curve.csv", bytes("step,kl\n0,0\n"));
      Map<String, String> outputs = new TreeMap<>();
      StageOutputs.of(spec).keySet().forEach(name -> outputs.put(name, ""));
      return new StageOutput(outputs, Map.of("train/loss", 0.5));
    }

    private ByteBuffer bytes(String text) {
      return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {}
  }
}

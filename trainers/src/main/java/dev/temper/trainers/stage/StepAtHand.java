package dev.temper.trainers.stage;

import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.Inspectable;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a task is training on at the moment, to be looked at should it diverge: {@code batch.jsonl},
 * one line per sequence or pair of the optimizer batch, and {@code step.json}. Numbers that are not
 * finite stand there as strings.
 */
final class StepAtHand implements Inspectable {
  static final String BATCH = "batch.jsonl";
  static final String STEP = "step.json";

  private Position position = new Position(0, Optional.empty(), Optional.empty());
  private Supplier<List<?>> batch = List::of;

  /**
   * An optimizer step begins.
   *
   * @param step of the stage, from 1
   * @param optimizerStep from 1
   * @param batch makes the lines, which are asked for only after a failure
   */
  void begin(long step, long optimizerStep, double learningRate, Supplier<List<?>> batch) {
    this.position = new Position(step, Optional.of(optimizerStep), Optional.of(learningRate));
    this.batch = batch;
  }

  /** A step begins whose first optimizer step has yet to come. */
  void begin(long step, Supplier<List<?>> batch) {
    this.position = new Position(step, Optional.empty(), Optional.empty());
    this.batch = batch;
  }

  @Override
  public void inspect(StageFailure failure, CheckpointWriter out) throws IOException {
    out.put(BATCH, JsonLines.write(batch.get()));
    out.put(
        STEP,
        JsonLines.object(
            new Step(
                position.step(),
                position.optimizerStep(),
                position.learningRate(),
                failure.getMessage())));
  }

  private record Position(long step, Optional<Long> optimizerStep, Optional<Double> learningRate) {}

  /** What {@code step.json} says. */
  record Step(
      long step, Optional<Long> optimizerStep, Optional<Double> learningRate, String message) {}
}

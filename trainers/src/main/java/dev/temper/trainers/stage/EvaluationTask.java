package dev.temper.trainers.stage;

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
import dev.temper.trainers.estimate.Bootstrap;
import dev.temper.trainers.estimate.Means;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.random.NamedRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Measures several models side by side; a step is one model on one suite. */
final class EvaluationTask implements StepwiseTask {
  private final EvaluationSpec spec;
  private final List<EvaluationSuite.Unit> units;
  private final Chunks measurements;
  private final Progress progress;

  private EvaluationTask(EvaluationSpec spec, StageContext context, Optional<CheckpointReader> from)
      throws IOException {
    this.spec = spec;
    Engine engine = new Engine(context.compute(), spec.numerics());
    this.units =
        spec.suites().stream()
            .map(suite -> new EvaluationSuite(suite, spec, context, engine))
            .flatMap(suite -> suite.units().stream())
            .toList();
    this.measurements =
        from.isPresent() ? Chunks.restore("measurements", from.get()) : new Chunks("measurements");
    this.progress = from.isPresent() ? Progress.restore(from.get()) : Progress.start();
  }

  static StepwiseTask open(
      EvaluationSpec spec, StageContext context, Optional<CheckpointReader> from)
      throws IOException {
    return new EvaluationTask(spec, context, from);
  }

  @Override
  public long step() {
    return progress.step();
  }

  @Override
  public long totalSteps() {
    return units.size();
  }

  @Override
  public StepReport advance(Pulse pulse) throws IOException {
    Measurement measurement = units.get(Math.toIntExact(step())).measure(pulse);
    measurements.add(List.of(measurement));
    progress.finishedStep();
    Map<String, Double> metrics = new TreeMap<>();
    measurement
        .values()
        .forEach(
            (name, values) ->
                metrics.put(
                    "eval/%s/%s/%s".formatted(measurement.suite(), name, measurement.model()),
                    Means.of(values)));
    return new StepReport(metrics);
  }

  @Override
  public void save(CheckpointWriter out) throws IOException {
    measurements.save(out);
    progress.save(out);
  }

  @Override
  public StageOutput finish(ArtifactWriter out) throws IOException {
    List<Measurement> all = measurements.rows(Measurement.class);
    EvaluationReport report =
        EvaluationReport.of(
            spec.models().stream().map(Input::text).toList(),
            spec.rewardModels().stream().map(Input::text).toList(),
            all,
            new Bootstrap(spec.bootstrapResamples(), new NamedRandom(spec.seed(), "bootstrap")));
    ByteBuffer json = JsonLines.object(report);
    out.content(EvaluationReport.FILE, json.duplicate());
    out.attachment(EvaluationReport.FILE, json);
    out.attachment(
        SampleLine.FILE, JsonLines.write(all.stream().flatMap(m -> m.samples().stream()).toList()));
    return new StageOutput(Map.of("", ""), report.summary());
  }

  @Override
  public void close() {}
}

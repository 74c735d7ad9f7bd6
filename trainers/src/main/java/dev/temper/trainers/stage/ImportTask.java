package dev.temper.trainers.stage;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.ImportSpec;
import dev.temper.trainers.ArtifactWriter;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.Inputs;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageContext;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.StageOutput;
import dev.temper.trainers.StepReport;
import dev.temper.trainers.StepwiseTask;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.model.LanguageModel;
import dev.temper.trainers.text.ChatFormat;
import dev.temper.trainers.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a policy of a Hugging Face directory that came from elsewhere, in one step: weights in
 * float32, an adapter merged into them, files of the tokenizer as they are.
 *
 * <p>Base models often name another end token than the one with which their chat template ends a
 * turn. A policy that learned the template would never stop, so that token ends completions too.
 */
final class ImportTask implements StepwiseTask {

  private final ImportSpec spec;
  private final StageContext context;
  private final Path model;
  private final Optional<Path> adapter;
  private Map<String, Double> metrics = Map.of();
  private long step;

  private ImportTask(ImportSpec spec, StageContext context, Path model, Optional<Path> adapter) {
    this.spec = spec;
    this.context = context;
    this.model = model;
    this.adapter = adapter;
  }

  static StepwiseTask open(ImportSpec spec, StageContext context, Optional<CheckpointReader> from)
      throws IOException {
    Path model = folder(context.inputs(), spec.model());
    Optional<Path> adapter =
        spec.adapter().isPresent()
            ? Optional.of(folder(context.inputs(), spec.adapter().get()))
            : Optional.empty();
    LanguageModel.check(model, adapter);
    Tokenizer.load(model).close();
    ImportTask task = new ImportTask(spec, context, model, adapter);
    if (from.isPresent() && from.get().step() > 0) {
      task.advance(Pulse.NONE); // nothing is kept that the folders do not say
    }
    return task;
  }

  private static Path folder(Inputs inputs, DataSource.File file) throws IOException {
    Path folder = inputs.file(file);
    if (!Files.isDirectory(folder)) {
      throw new StageFailure(
          StageFailure.Type.INVALID_SPEC,
          "'%s' must be a folder, got a file".formatted(file.file()));
    }
    return folder;
  }

  private LanguageModel load(Tokenizer tokenizer) throws IOException {
    return LanguageModel.load(
        new Engine(context.compute(), spec.numerics()),
        model,
        adapter,
        new ChatFormat(tokenizer).endOfTurn());
  }

  @Override
  public long step() {
    return step;
  }

  @Override
  public long totalSteps() {
    return 1;
  }

  @Override
  public StepReport advance(Pulse pulse) throws IOException {
    metrics = Map.of("model/parameters", (double) LanguageModel.parameters(model));
    step = 1;
    return new StepReport(metrics);
  }

  @Override
  public void save(CheckpointWriter out) {}

  @Override
  public StageOutput finish(ArtifactWriter out) throws IOException {
    try (Tokenizer tokenizer = Tokenizer.load(model);
        LanguageModel loaded = load(tokenizer)) {
      ModelFolder.write(out, "", loaded::write, tokenizer);
    }
    return new StageOutput(Map.of("", ""), metrics);
  }

  @Override
  public void close() {}
}

package dev.temper.trainers.stage;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.PretrainSpec;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.StageContext;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.StepwiseTask;
import dev.temper.trainers.data.DataSources;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.model.LanguageModel;
import dev.temper.trainers.model.Learner;
import dev.temper.trainers.model.Schedule;
import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.model.family.ModelConfig;
import dev.temper.trainers.random.NamedRandom;
import dev.temper.trainers.text.ChatFormat;
import dev.temper.trainers.text.Tokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Trains a new model on plain documents. */
final class Pretraining {

  private Pretraining() {}

  static StepwiseTask open(PretrainSpec spec, StageContext context, Optional<CheckpointReader> from)
      throws IOException {
    return Opened.all(opened -> open(spec, context, from, opened));
  }

  private static StepwiseTask open(
      PretrainSpec spec, StageContext context, Optional<CheckpointReader> from, Opened opened)
      throws IOException {
    Engine engine = new Engine(context.compute(), spec.numerics());
    DataSources sources = new DataSources(context.inputs());
    if (!Tokenizer.isBuiltIn(spec.tokenizer())) {
      throw new StageFailure(
          StageFailure.Type.INVALID_SPEC,
          "tokenizer must be one that ships with Temper (kind-notes), got '%s'"
              .formatted(spec.tokenizer()));
    }
    Tokenizer tokenizer = opened.keep(Tokenizer.builtIn(spec.tokenizer()), Tokenizer::close);
    ChatFormat chat = new ChatFormat(tokenizer);
    TokenTraining.Plan plan = plan(spec, sources, tokenizer, chat);
    LanguageModel model =
        opened.keep(
            from.isPresent()
                ? LanguageModel.restore(engine, from.get(), "policy/")
                : LanguageModel.initialize(
                    engine,
                    ModelConfig.of(
                        spec.model(),
                        tokenizer.vocabSize(),
                        tokenizer.bosId(),
                        tokenizer.eosId(),
                        tokenizer.padId()),
                    spec.model().embeddingInit(),
                    new NamedRandom(spec.seed(), "weights")),
            LanguageModel::close);
    return TokenTraining.open(
        plan,
        new ModelFolder.Policy(model, tokenizer, chat),
        opened.keep(Learner.of(engine, model, spec.optimizer(), spec.seed()), Learner::close),
        from,
        opened);
  }

  private static TokenTraining.Plan plan(
      PretrainSpec spec, DataSources sources, Tokenizer tokenizer, ChatFormat chat)
      throws IOException {
    int rowTokens = Math.min(spec.rowTokens(), spec.model().maxPositions());
    List<int[]> documents = tokens(sources.documents(spec.data()), chat);
    if (documents.isEmpty()) {
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT, "no document leaves a token to train on");
    }
    DocumentRows rows =
        new DocumentRows(
            documents, tokenizer.bosId(), rowTokens, new NamedRandom(spec.seed(), "documents"));
    return new TokenTraining.Plan(
        step -> microBatches(rows.at(step * spec.batchRows(), spec.batchRows()), spec),
        rowTokens,
        new Schedule(spec.optimizer(), spec.learningRate(), spec.steps()),
        heldout(spec.heldout(), rowTokens, sources, tokenizer, chat),
        spec.evaluateEverySteps(),
        SamplePanel.of(spec.panel(), List.of(), sources, spec.seed()),
        Map.of(
            "data/documents",
            (double) documents.size(),
            "data/tokens",
            (double) documents.stream().mapToLong(document -> document.length).sum()));
  }

  private static List<List<Sequence>> microBatches(List<List<Sequence>> rows, PretrainSpec spec) {
    List<List<Sequence>> microBatches = new ArrayList<>();
    for (List<List<Sequence>> piece : Batches.cut(rows, spec.microBatchRows())) {
      microBatches.add(piece.stream().flatMap(List::stream).toList());
    }
    return microBatches;
  }

  private static List<Sequence> heldout(
      Optional<DataSource> source,
      int rowTokens,
      DataSources sources,
      Tokenizer tokenizer,
      ChatFormat chat)
      throws IOException {
    if (source.isEmpty()) {
      return List.of();
    }
    List<int[]> documents = tokens(sources.documents(source.get()), chat);
    // Documents start rows of their own, so that their loss does not depend on their neighbours.
    return documents.stream()
        .flatMap(
            document -> DocumentRows.cut(List.of(document), tokenizer.bosId(), rowTokens).stream())
        .flatMap(List::stream)
        .toList();
  }

  private static List<int[]> tokens(List<String> documents, ChatFormat chat) {
    return documents.stream().map(chat::document).filter(tokens -> tokens.length > 0).toList();
  }
}

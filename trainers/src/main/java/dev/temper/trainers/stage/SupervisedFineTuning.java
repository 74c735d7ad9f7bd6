package dev.temper.trainers.stage;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.SftSpec;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.StageContext;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.StepwiseTask;
import dev.temper.trainers.data.DataSources;
import dev.temper.trainers.data.MadeList;
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.data.Row;
import dev.temper.trainers.data.RowSet;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.model.LanguageModel;
import dev.temper.trainers.model.Learner;
import dev.temper.trainers.model.Schedule;
import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.random.NamedRandom;
import dev.temper.trainers.text.ChatFormat;
import dev.temper.trainers.text.Tokenizer;
import dev.temper.trainers.text.TrainedShare;
import dev.temper.trainers.text.Turns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * Trains a policy on completions. Prompts are masked by position: a sequence's loss is of its
 * completion tokens, the end of turn included, whatever ids the prompt holds.
 */
final class SupervisedFineTuning {

  private SupervisedFineTuning() {}

  static StepwiseTask open(SftSpec spec, StageContext context, Optional<CheckpointReader> from)
      throws IOException {
    return Opened.all(opened -> open(spec, context, from, opened));
  }

  private static StepwiseTask open(
      SftSpec spec, StageContext context, Optional<CheckpointReader> from, Opened opened)
      throws IOException {
    Engine engine = new Engine(context.compute(), spec.numerics());
    DataSources sources = new DataSources(context.inputs());
    Path init = context.inputs().folder(spec.init());
    Tokenizer tokenizer = opened.keep(Tokenizer.load(init), Tokenizer::close);
    ChatFormat chat = new ChatFormat(tokenizer);
    if (spec.data() instanceof DataSource.Stage made) {
      TextHandover.require(tokenizer, context.inputs().folder(made.input()), made.input().text());
    }
    LanguageModel model =
        opened.keep(
            from.isPresent()
                ? LanguageModel.restore(engine, from.get(), "policy/")
                : LanguageModel.load(engine, init),
            LanguageModel::close);
    return TokenTraining.open(
        plan(spec, sources, chat, model.config().maxPositions()),
        new ModelFolder.Policy(model, tokenizer, chat),
        opened.keep(Learner.of(engine, model, spec.optimizer(), spec.seed()), Learner::close),
        from,
        opened);
  }

  private static TokenTraining.Plan plan(
      SftSpec spec, DataSources sources, ChatFormat chat, int maxPositions) throws IOException {
    RowSet rows = sources.rowSet(spec.data());
    Turns turns = Turns.named(spec.turns());
    Fit training = Fit.of(rows, row -> chat.sequences(row, turns), maxPositions);
    training.requireAny("training");
    List<Sequence> heldout = List.of();
    if (spec.heldout().isPresent()) {
      Fit fit =
          Fit.of(
              sources.rowSet(spec.heldout().get()),
              row -> chat.sequences(row, turns),
              maxPositions);
      fit.requireAny("held-out");
      heldout = fit.sequences();
    }
    NamedRandom order = new NamedRandom(spec.seed(), "rows");
    List<Sequence> sequences = training.sequences();
    Batches batches =
        spec.steps().isPresent()
            ? Batches.steps(sequences.size(), spec.batchSize(), spec.steps().get(), order)
            : Batches.epochs(sequences.size(), spec.batchSize(), spec.epochs(), order);
    List<Prompt> prompts = new MadeList<>(rows.rows().size(), i -> rows.rows().get(i).prompt());
    return new TokenTraining.Plan(
        step ->
            Batches.cut(
                Arrays.stream(batches.at(step)).mapToObj(sequences::get).toList(),
                spec.microBatch()),
        spec.rowTokens(),
        new Schedule(spec.optimizer(), spec.learningRate(), batches.totalSteps()),
        heldout,
        spec.evaluateEverySteps(),
        SamplePanel.of(spec.panel(), prompts, sources, spec.seed()),
        training.metrics());
  }

  /**
   * Rows as sequences that the model has positions for.
   *
   * @param dropped rows without a token to train: an empty completion, or a prompt that fills all
   *     positions
   * @param truncated rows whose completion was cut
   */
  record Fit(List<Sequence> sequences, int dropped, int truncated) {

    static Fit of(RowSet rows, Function<Row, List<Sequence>> chat, int maxPositions) {
      LongStream.Builder found = LongStream.builder();
      List<Sequence> held = new ArrayList<>();
      int tooLong = 0;
      int truncated = 0;
      long tokens = 0;
      long trained = 0;
      for (int row = 0; row < rows.rows().size(); row++) {
        List<Sequence> made = chat.apply(rows.rows().get(row));
        for (int nth = 0; nth < made.size(); nth++) {
          Optional<Sequence> fitting = made.get(nth).fit(maxPositions);
          if (fitting.isEmpty()) {
            tooLong++;
            continue;
          }
          Sequence sequence = fitting.get();
          truncated += sequence.length() < made.get(nth).length() ? 1 : 0;
          tokens += sequence.length();
          trained += sequence.trainedTokens();
          found.add(((long) row << Integer.SIZE) | nth);
          if (!rows.onDisk()) {
            held.add(sequence);
          }
        }
      }
      long[] places = found.build().toArray();
      if (places.length > 0) {
        new TrainedShare(tokens, trained).requireMask();
      }
      List<Sequence> sequences =
          rows.onDisk()
              ? new MadeList<>(
                  places.length,
                  i ->
                      chat.apply(rows.rows().get((int) (places[i] >>> Integer.SIZE)))
                          .get((int) places[i])
                          .fit(maxPositions)
                          .orElseThrow())
              : held;
      return new Fit(sequences, rows.withoutTrainedTokens() + tooLong, truncated);
    }

    void requireAny(String role) {
      if (sequences.isEmpty()) {
        throw new StageFailure(
            StageFailure.Type.DATA_CONTRACT,
            "none of the %d %s rows leaves a token to train on (blank completion, or a prompt that fills all positions of the model)"
                .formatted(dropped, role));
      }
    }

    Map<String, Double> metrics() {
      return Map.of(
          "data/rows",
          (double) sequences.size(),
          "data/dropped_rows",
          (double) dropped,
          "data/truncated_rows",
          (double) truncated);
    }
  }
}

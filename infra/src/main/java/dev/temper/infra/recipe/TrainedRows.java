package dev.temper.infra.recipe;

import dev.temper.recipes.ComparisonsSpec;
import dev.temper.recipes.DataSource;
import dev.temper.recipes.ImportSpec;
import dev.temper.recipes.Input;
import dev.temper.recipes.PretrainSpec;
import dev.temper.recipes.SftSpec;
import dev.temper.recipes.Stage;
import dev.temper.recipes.StageInputs;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.DataSources;
import dev.temper.trainers.data.PairSet;
import dev.temper.trainers.data.RecipeFolder;
import dev.temper.trainers.model.LanguageModel;
import dev.temper.trainers.text.DataPreview;
import dev.temper.trainers.text.Tokenizer;
import dev.temper.trainers.text.Turns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a stage trains on, as its model will see it. Only where tokenizer and rows are known before
 * anything runs.
 *
 * @param counts in words
 * @param numbers the same by name; what there is none of is left out
 * @param first some rows, trained tokens in double brackets
 */
public record TrainedRows(
    String stage, String counts, Map<String, Object> numbers, List<String> first) {

  /** Enough to count by; a preview of millions of rows would be no preview. */
  private static final int LOOKED_AT = 2000;

  /**
   * Previews of a recipe's stages, in its order.
   *
   * @throws StageFailure DataContract where a stage would train on no token, or on every one
   */
  public static List<TrainedRows> of(PinnedRecipe pinned, int show) throws IOException {
    DataSources sources = new DataSources(pinned.files());
    Map<String, Root> roots = new HashMap<>();
    List<TrainedRows> previews = new ArrayList<>();
    for (Stage stage : pinned.recipe().stages()) {
      if (stage.spec() instanceof ComparisonsSpec spec && isKnown(spec.data())) {
        previews.add(pairs(stage, sources.pairs(spec.data()), show));
      }
      Optional<Root> root = root(stage, pinned.files(), roots);
      if (root.isEmpty()) {
        continue;
      }
      roots.put(stage.name(), root.get());
      try (Tokenizer tokenizer = root.get().tokenizer()) {
        if (stage.spec() instanceof PretrainSpec spec && isKnown(spec.data())) {
          List<String> documents = sources.documents(limited(spec.data()));
          previews.add(preview(stage, DataPreview.ofDocuments(documents, tokenizer, show)));
        } else if (stage.spec() instanceof SftSpec spec && isKnown(spec.data())) {
          previews.add(
              preview(
                  stage,
                  DataPreview.of(
                      sources.rowSet(limited(spec.data())),
                      Turns.named(spec.turns()),
                      tokenizer,
                      root.get().positions(),
                      show)));
        }
      } catch (StageFailure e) {
        throw new StageFailure(
            e.type(), "stage '%s': %s".formatted(stage.name(), e.getMessage()), e);
      }
    }
    return previews;
  }

  private static boolean isKnown(DataSource source) {
    return source.leaves().stream().noneMatch(DataSource.Stage.class::isInstance);
  }

  private static Optional<Root> root(Stage stage, RecipeFolder files, Map<String, Root> roots)
      throws IOException {
    if (stage.spec() instanceof PretrainSpec spec) {
      return Optional.of(new Root(spec.tokenizer(), Optional.empty(), spec.model().maxPositions()));
    }
    if (stage.spec() instanceof ImportSpec spec) {
      Path model = files.file(spec.model());
      return Optional.of(
          new Root(spec.model().file(), Optional.of(model), LanguageModel.positions(model)));
    }
    return StageInputs.of(stage.spec()).stream()
        .map(Input::stage)
        .map(roots::get)
        .filter(Objects::nonNull)
        .findFirst();
  }

  /**
   * Where a policy's tokenizer comes from.
   *
   * @param name of one that ships with Temper
   * @param model directory of a model of elsewhere, which has its own
   */
  private record Root(String name, Optional<Path> model, int positions) {

    Tokenizer tokenizer() throws IOException {
      return model.isPresent() ? Tokenizer.load(model.get()) : Tokenizer.builtIn(name);
    }
  }

  private static DataSource limited(DataSource source) {
    return source instanceof DataSource.Synthetic all && all.rows() > LOOKED_AT
        ? new DataSource.Synthetic(
            all.synthetic(), all.from(), LOOKED_AT, all.seed(), all.parameters())
        : source;
  }

  private static TrainedRows preview(Stage stage, DataPreview data) {
    Counts counts = new Counts();
    counts.add("rows", data.rows(), "%d rows looked at");
    counts.add("tokens", data.tokens(), "%d tokens");
    counts.add("trainedTokens", data.trainedTokens(), "%d of them trained");
    counts.say(String.format(Locale.ROOT, "that is %.0f %%", 100 * data.trainedShare()));
    counts.say(
        data.endTrained() == 0
            ? "end of turn not trained"
            : "end of turn trained in %d rows".formatted(data.endTrained()));
    counts.numbers.put("endTrained", data.endTrained());
    counts.some("cut", data.truncated(), "%d cut");
    counts.some("tooLong", data.dropped(), "%d too long");
    counts.some("withoutTrainedTokens", data.withoutTrainedTokens(), "%d without a trained token");
    counts.some("duplicates", data.duplicates(), "%d duplicates");
    counts.leftOut(data.leftOut());
    return new TrainedRows(
        stage.name(),
        counts.text(),
        counts.numbers,
        data.first().stream().map(DataPreview.Shown::text).toList());
  }

  private static TrainedRows pairs(Stage stage, PairSet data, int show) {
    Counts counts = new Counts();
    counts.add("pairs", data.pairs().size(), "%d pairs");
    counts.some("duplicates", data.duplicates(), "%d duplicates");
    counts.leftOut(data.leftOut());
    List<String> first =
        data.pairs().stream()
            .limit(show)
            .map(
                pair ->
                    (pair.prompt().text() + " [[" + pair.chosen() + "]] over " + pair.rejected())
                        .replace("\n", "\\n"))
            .toList();
    return new TrainedRows(stage.name(), counts.text(), counts.numbers, first);
  }

  /** Numbers and their words, in one order. */
  private static final class Counts {
    private final List<String> words = new ArrayList<>();
    private final Map<String, Object> numbers = new LinkedHashMap<>();

    void add(String name, long number, String words) {
      numbers.put(name, number);
      say(words.formatted(number));
    }

    void some(String name, long number, String words) {
      if (number > 0) {
        add(name, number, words);
      }
    }

    void say(String words) {
      this.words.add(words);
    }

    void leftOut(Map<String, Integer> reasons) {
      if (!reasons.isEmpty()) {
        numbers.put("leftOut", reasons);
        reasons.forEach((reason, count) -> say("left out %d: %s".formatted(count, reason)));
      }
    }

    String text() {
      return String.join(", ", words);
    }
  }
}

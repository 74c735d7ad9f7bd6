package dev.temper.infra.recipe;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.Input;
import dev.temper.recipes.PretrainSpec;
import dev.temper.recipes.SftSpec;
import dev.temper.recipes.Stage;
import dev.temper.recipes.StageInputs;
import dev.temper.trainers.data.DataSources;
import dev.temper.trainers.data.RecipeFolder;
import dev.temper.trainers.text.DataPreview;
import dev.temper.trainers.text.Tokenizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a stage trains on, as its model will see it. Only where tokenizer and rows are known before
 * anything runs.
 *
 * @param first some rows, trained tokens in double brackets
 */
public record TrainedRows(String stage, String counts, List<String> first) {

  /** Enough to count by; a preview of millions of rows would be no preview. */
  private static final int LOOKED_AT = 2000;

  /** Previews of a recipe's stages, in its order. */
  public static List<TrainedRows> of(PinnedRecipe pinned, int show) {
    DataSources sources = new DataSources(new RecipeFolder(pinned.folder()));
    Map<String, PretrainSpec> roots = new HashMap<>();
    List<TrainedRows> previews = new ArrayList<>();
    for (Stage stage : pinned.recipe().stages()) {
      PretrainSpec origin = origin(stage, roots);
      if (origin == null || !Tokenizer.isBuiltIn(origin.tokenizer())) {
        continue;
      }
      roots.put(stage.name(), origin);
      try (Tokenizer tokenizer = Tokenizer.builtIn(origin.tokenizer())) {
        if (stage.spec() instanceof PretrainSpec spec) {
          List<String> documents = sources.documents(limited(spec.data()));
          previews.add(preview(stage, DataPreview.ofDocuments(documents, tokenizer, show)));
        } else if (stage.spec() instanceof SftSpec spec
            && !(spec.data() instanceof DataSource.Stage)) {
          previews.add(
              preview(
                  stage,
                  DataPreview.of(
                      sources.rowSet(limited(spec.data())),
                      tokenizer,
                      origin.model().maxPositions(),
                      show)));
        }
      }
    }
    return previews;
  }

  private static PretrainSpec origin(Stage stage, Map<String, PretrainSpec> roots) {
    if (stage.spec() instanceof PretrainSpec spec) {
      return spec;
    }
    return StageInputs.of(stage.spec()).stream()
        .map(Input::stage)
        .map(roots::get)
        .filter(java.util.Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private static DataSource limited(DataSource source) {
    return source instanceof DataSource.Synthetic all && all.rows() > LOOKED_AT
        ? new DataSource.Synthetic(
            all.synthetic(), all.from(), LOOKED_AT, all.seed(), all.parameters())
        : source;
  }

  private static TrainedRows preview(Stage stage, DataPreview data) {
    StringBuilder counts =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%d rows looked at, %d tokens, %.0f %% of them trained",
                data.rows(),
                data.tokens(),
                100 * data.trainedShare()));
    add(counts, data.truncated(), "cut");
    add(counts, data.dropped(), "too long");
    add(counts, data.withoutTrainedTokens(), "without a trained token");
    add(counts, data.duplicates(), "duplicates");
    return new TrainedRows(
        stage.name(),
        counts.toString(),
        data.first().stream().map(DataPreview.Shown::text).toList());
  }

  private static void add(StringBuilder counts, int number, String what) {
    if (number > 0) {
      counts.append(", ").append(number).append(' ').append(what);
    }
  }
}

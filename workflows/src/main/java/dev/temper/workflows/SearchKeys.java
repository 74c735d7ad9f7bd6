package dev.temper.workflows;

import dev.temper.recipes.Recipe;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributes;
import java.util.List;

/** Attributes by which runs are found. A service has to be told of them before they are used. */
public final class SearchKeys {

  public static final SearchAttributeKey<String> RUN = SearchAttributeKey.forKeyword("TemperRun");
  public static final SearchAttributeKey<String> RECIPE =
      SearchAttributeKey.forKeyword("TemperRecipe");
  public static final SearchAttributeKey<String> EXPERIMENT =
      SearchAttributeKey.forKeyword("TemperExperiment");

  /** One of running, paused, finished, failed, cancelled. */
  public static final SearchAttributeKey<String> STATUS =
      SearchAttributeKey.forKeyword("TemperStatus");

  public static final SearchAttributeKey<String> MLFLOW_RUN =
      SearchAttributeKey.forKeyword("TemperMlflowRun");

  /** The stages that run now. */
  public static final SearchAttributeKey<List<String>> STAGE =
      SearchAttributeKey.forKeywordList("TemperStage");

  private static final List<SearchAttributeKey<?>> ALL =
      List.of(RUN, RECIPE, EXPERIMENT, STATUS, MLFLOW_RUN, STAGE);

  private SearchKeys() {}

  /** What a service has to know: five of type Keyword, one of type KeywordList. */
  public static List<SearchAttributeKey<?>> all() {
    return ALL;
  }

  /** What a workflow is started with. */
  public static SearchAttributes atStart(String run, Recipe recipe) {
    return SearchAttributes.newBuilder()
        .set(RUN, run)
        .set(RECIPE, recipe.name())
        .set(EXPERIMENT, recipe.name())
        .set(STATUS, "running")
        .build();
  }
}

package dev.temper.infra.mlflow;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.mlflow.api.proto.Service.Experiment;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.ViewType;
import org.mlflow.tracking.Page;

/** Finds the run of a Temporal server by its name alone, which is unique there. */
final class ServerRuns {

  private static final int PAGE = 1000;

  /**
   * What a worker has to know of it.
   *
   * @param experiment its name
   * @param hash of its recipe
   */
  record Known(String experiment, String hash) {}

  private final MlflowCalls calls;

  ServerRuns(MlflowCalls calls) {
    this.calls = calls;
  }

  /** The one that began last, if one name was used for several recipes. */
  Optional<Known> newest(String run) {
    Map<String, String> names = new TreeMap<>();
    Page<Experiment> page =
        calls.searchExperiments("", ViewType.ACTIVE_ONLY, PAGE, java.util.List.of());
    while (true) {
      page.getItems().forEach(found -> names.put(found.getExperimentId(), found.getName()));
      if (!page.hasNextPage()) {
        break;
      }
      page = page.getNextPage();
    }
    return calls
        .runs(
            java.util.List.copyOf(names.keySet()),
            "tags.`%s` = '%s'".formatted(MlflowRuns.RUN, MlflowCalls.quoted(run)))
        .stream()
        .filter(found -> MlflowRuns.tag(found, MlflowRuns.STAGE).isEmpty())
        .filter(found -> MlflowRuns.tag(found, MlflowRuns.STARTED).isEmpty())
        .max(Comparator.comparingLong((Run found) -> found.getInfo().getStartTime()))
        .map(
            found ->
                new Known(
                    names.get(found.getInfo().getExperimentId()),
                    MlflowRuns.tag(found, MlflowRuns.HASH).orElse("")));
  }
}

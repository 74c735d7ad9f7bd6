package dev.temper.workflows;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a run can be looked at.
 *
 * @param links for example {@code mlflow.run} to an id, {@code mlflow.url} to an address
 */
public record RunLinks(Map<String, String> links) {

  /** Id of the MLflow run, for search. */
  public static final String MLFLOW_RUN = "mlflow.run";

  public static final RunLinks NONE = new RunLinks(Map.of());

  public RunLinks {
    links = Collections.unmodifiableMap(new TreeMap<>(links));
  }
}

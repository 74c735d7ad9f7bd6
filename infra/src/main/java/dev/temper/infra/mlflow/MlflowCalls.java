package dev.temper.infra.mlflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mlflow.api.proto.Service.Experiment;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.ViewType;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.Page;
import org.mlflow.tracking.creds.BasicMlflowHostCreds;

/**
 * MLflow's own client on another transport.
 *
 * <p>Its own one has no time limit, no proxy and no file of authorities, keeps two connections, and
 * sends again at once what the server has refused. Its calls for experiments, runs, batches, tags
 * and searches all go through the three methods that are overridden here; what it has no call for
 * is JSON through the same three. Its getRun and getExperimentByName do not, and are not used.
 */
final class MlflowCalls extends MlflowClient {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PREFIX = "/api/2.0/mlflow/";
  private static final int PAGE = 200;

  private final transient MlflowTransport transport;

  MlflowCalls(MlflowTransport transport) {
    // Its own transport is never asked for anything; it connects to nothing until it is.
    super(new BasicMlflowHostCreds("http://unused.invalid"));
    this.transport = transport;
  }

  @Override
  public String sendGet(String path) {
    return transport.call("GET", PREFIX + path, "");
  }

  @Override
  public String sendPost(String path, String json) {
    return transport.call("POST", PREFIX + path, json);
  }

  @Override
  public String sendPatch(String path, String json) {
    return transport.call("PATCH", PREFIX + path, json);
  }

  /** Posts and reads the answer. */
  JsonNode post(String path, JsonNode body) {
    return read("POST " + path, sendPost(path, body.toString()));
  }

  /** Asks and reads the answer. */
  JsonNode get(String path) {
    return read("GET " + path, sendGet(path));
  }

  private JsonNode read(String what, String answer) {
    try {
      return JSON.readTree(answer);
    } catch (JsonProcessingException e) {
      throw MlflowFailure.unreachable(what + " at " + server(), e);
    }
  }

  /** An empty object, for the body of a call. */
  static ObjectNode body() {
    return JSON.createObjectNode();
  }

  /** Deletes a run, as the user interface does: it can be restored. */
  void discard(String run) {
    post("runs/delete", body().put("run_id", run));
  }

  URI server() {
    return transport.server();
  }

  /** An experiment by its name, deleted ones included. */
  Optional<Experiment> experiment(String name) {
    return searchExperiments("name = '%s'".formatted(quoted(name)), ViewType.ALL, 10, List.of())
        .getItems()
        .stream()
        .filter(found -> found.getName().equals(name))
        .findFirst();
  }

  /** All runs of an experiment, but deleted ones, that a filter lets through. */
  List<Run> runs(String experiment, String filter) {
    return runs(List.of(experiment), filter);
  }

  /** The same of several experiments. */
  List<Run> runs(List<String> experiments, String filter) {
    List<Run> found = new ArrayList<>();
    Page<Run> page = searchRuns(experiments, filter, ViewType.ACTIVE_ONLY, PAGE, List.of());
    while (true) {
      page.getItems().forEach(found::add);
      if (!page.hasNextPage()) {
        return found;
      }
      page = page.getNextPage();
    }
  }

  /** Text between the quotes of a filter. */
  static String quoted(String text) {
    return text.replace("\\", "\\\\").replace("'", "\\'");
  }
}

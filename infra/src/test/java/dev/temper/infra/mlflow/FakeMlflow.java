package dev.temper.infra.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Temper uses of MLflow 3, with its rules: limits of a batch, parameters that never change,
 * metrics that are the same only if all of key, time, step and value are.
 */
public final class FakeMlflow implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern NAME = Pattern.compile("[/\\w.\\- :]+");
  private static final Pattern CONDITION = Pattern.compile("tags\\.`([^`]+)` = '([^']*)'");

  /** What goes wrong with a call. */
  public enum Fault {
    NONE,
    /** 500, nothing done. */
    ERROR,
    /** 503, nothing done. */
    UNAVAILABLE,
    /** 429, nothing done. */
    TOO_MANY,
    /** All is done, and the connection ends without an answer. */
    LOST_ANSWER,
    /** The metrics of a batch are there, its tags are not, and the connection ends. */
    KILLED_BEFORE_TAGS,
    /** 400. */
    REJECTED
  }

  /** Decides about a call before it is carried out. */
  public interface Faults {
    Fault of(String path, String body);
  }

  private record Point(String key, double value, long time, long step) {}

  private static final class Run {
    private final String id;
    private final ObjectNode info;
    private final Map<String, String> tags = new TreeMap<>();
    private final Map<String, String> params = new TreeMap<>();
    private final Set<Point> points =
        new TreeSet<>(
            java.util.Comparator.comparing(Point::key)
                .thenComparing(Point::step)
                .thenComparing(Point::time)
                .thenComparing(Point::value));
    private final ArrayNode datasets = JSON.createArrayNode();
    private final ArrayNode models = JSON.createArrayNode();

    Run(String id, ObjectNode info) {
      this.id = id;
      this.info = info;
    }
  }

  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int status;
    private final String code;

    Refused(int status, String code, String message) {
      super(message);
      this.status = status;
      this.code = code;
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, String> experiments = new LinkedHashMap<>();
  private final Map<String, Run> runs = new LinkedHashMap<>();
  private final Map<String, ObjectNode> models = new LinkedHashMap<>();
  private final Map<String, byte[]> files = new TreeMap<>();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final String artifactRoot;
  private volatile Faults faults = (path, body) -> Fault.NONE;
  private volatile Optional<String> authorization = Optional.empty();
  private volatile Runnable beforeAnswer = () -> {};

  private FakeMlflow(int port, String artifactRoot) throws IOException {
    this.artifactRoot = artifactRoot;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  public static FakeMlflow start() throws IOException {
    // Headers and body are two packets, and the second would wait 40 ms for the first.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    return new FakeMlflow(0, "mlflow-artifacts:");
  }

  /** Artifacts lie in a bucket that the server only signs addresses for. */
  static FakeMlflow startWithBucket() throws IOException {
    return new FakeMlflow(0, "s3://bucket/mlflow");
  }

  public String uri() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Paths called so far. */
  public List<String> calls() {
    return List.copyOf(calls);
  }

  /** Attached files by their path below the artifact root. */
  public synchronized Map<String, String> files() {
    Map<String, String> texts = new TreeMap<>();
    files.forEach((path, bytes) -> texts.put(path, new String(bytes, StandardCharsets.UTF_8)));
    return texts;
  }

  /** Statuses of all runs. */
  public synchronized List<String> statuses() {
    return runs.values().stream().map(run -> run.info.path("status").asText()).toList();
  }

  public void fail(Faults some) {
    faults = some;
  }

  void require(String header) {
    authorization = Optional.of(header);
  }

  void beforeAnswers(Runnable action) {
    beforeAnswer = action;
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    byte[] body = exchange.getRequestBody().readAllBytes();
    String text = new String(body, StandardCharsets.UTF_8);
    calls.add(path);
    String host = exchange.getRequestHeaders().getFirst("Host");
    if (!host.startsWith("127.0.0.1") && !host.startsWith("localhost")) {
      answer(exchange, 403, "Invalid Host header - possible DNS rebinding attack detected");
      return;
    }
    if (authorization.isPresent()
        && !authorization.get().equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      answer(exchange, 401, "You are not authenticated.");
      return;
    }
    Fault fault = faults.of(path, text);
    switch (fault) {
      case ERROR -> answer(exchange, 500, error("INTERNAL_ERROR", "planned"));
      case UNAVAILABLE -> answer(exchange, 503, "<html>planned</html>");
      case TOO_MANY -> answer(exchange, 429, error("RESOURCE_EXHAUSTED", "planned"));
      case REJECTED -> answer(exchange, 400, error("INVALID_PARAMETER_VALUE", "planned"));
      case NONE, LOST_ANSWER, KILLED_BEFORE_TAGS -> carryOut(exchange, path, body, fault);
    }
  }

  private void carryOut(HttpExchange exchange, String path, byte[] body, Fault fault)
      throws IOException {
    int status = 200;
    String answer;
    try {
      answer = serve(exchange, path, body, fault);
    } catch (Refused e) {
      status = e.status;
      answer = error(e.code, e.getMessage());
    }
    beforeAnswer.run();
    if (fault == Fault.NONE) {
      answer(exchange, status, answer);
    } else {
      exchange.close();
    }
  }

  private static String error(String code, String message) {
    return JSON.createObjectNode().put("error_code", code).put("message", message).toString();
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private synchronized String serve(HttpExchange exchange, String path, byte[] body, Fault fault)
      throws IOException {
    String service = "/api/2.0/mlflow-artifacts/artifacts/";
    if (path.startsWith(service) || path.startsWith("/bucket/")) {
      String file = path.startsWith(service) ? path.substring(service.length()) : path.substring(8);
      files.put(URLDecoder.decode(file, StandardCharsets.UTF_8), body);
      return "";
    }
    JsonNode in = body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
    String call = path.replaceFirst("^/api/2.0/mlflow/", "");
    if (call.startsWith("logged-models/m-")) {
      ObjectNode model = models.get(call.substring("logged-models/".length()));
      model.withObject("/info").set("status", in.get("status"));
      return JSON.createObjectNode().set("model", model).toString();
    }
    return switch (call) {
      case "experiments/search" -> experimentsLike(in).toString();
      case "experiments/create" -> createExperiment(in).toString();
      case "runs/create" -> createRun(in).toString();
      case "runs/search" -> searchRuns(in).toString();
      case "runs/get" ->
          JSON.createObjectNode().set("run", json(active(query(exchange)))).toString();
      case "runs/update" -> update(in).toString();
      case "runs/delete" -> delete(in);
      case "runs/log-batch" -> logBatch(in, body.length, fault);
      case "runs/set-tag" -> setTag(in);
      case "runs/log-inputs" -> logInputs(in);
      case "runs/outputs" -> outputs(in);
      case "metrics/get-history" -> history(query(exchange)).toString();
      case "logged-models" -> createModel(in).toString();
      case "logged-models/search" -> searchModels(in).toString();
      case "artifacts/presigned-upload-url" -> presign(in).toString();
      default -> throw new Refused(404, "ENDPOINT_NOT_FOUND", "no such call: " + path);
    };
  }

  private ObjectNode experimentsLike(JsonNode in) {
    ObjectNode out = JSON.createObjectNode();
    ArrayNode list = out.putArray("experiments");
    experiments.forEach(
        (name, id) -> {
          String filter = in.path("filter").asText();
          if (filter.isEmpty() || filter.equals("name = '" + name + "'")) {
            list.addObject()
                .put("experiment_id", id)
                .put("name", name)
                .put("lifecycle_stage", "active");
          }
        });
    return out;
  }

  private ObjectNode createExperiment(JsonNode in) {
    String name = in.get("name").asText();
    if (experiments.containsKey(name)) {
      throw new Refused(400, "RESOURCE_ALREADY_EXISTS", name + " exists");
    }
    String id = Integer.toString(experiments.size() + 1);
    experiments.put(name, id);
    return JSON.createObjectNode().put("experiment_id", id);
  }

  private ObjectNode createRun(JsonNode in) {
    String id = "%032x".formatted(runs.size() + 1);
    ObjectNode info = JSON.createObjectNode();
    String experiment = in.get("experiment_id").asText();
    info.put("run_id", id)
        .put("run_uuid", id)
        .put("experiment_id", experiment)
        .put("run_name", in.path("run_name").asText())
        .put("status", "RUNNING")
        .put("start_time", in.path("start_time").asLong())
        .put("artifact_uri", artifactRoot + "/" + experiment + "/" + id + "/artifacts")
        .put("lifecycle_stage", "active");
    Run run = new Run(id, info);
    in.path("tags")
        .forEach(tag -> run.tags.put(tag.get("key").asText(), tag.get("value").asText()));
    runs.put(id, run);
    return JSON.createObjectNode().set("run", json(run));
  }

  private static ObjectNode json(Run run) {
    ObjectNode out = JSON.createObjectNode();
    out.set("info", run.info);
    ObjectNode data = out.putObject("data");
    Map<String, Point> latest = new TreeMap<>();
    run.points.forEach(point -> latest.put(point.key(), point));
    ArrayNode metrics = data.putArray("metrics");
    latest.values().forEach(point -> metrics.add(json(point)));
    ArrayNode params = data.putArray("params");
    run.params.forEach((key, value) -> params.addObject().put("key", key).put("value", value));
    ArrayNode tags = data.putArray("tags");
    run.tags.forEach((key, value) -> tags.addObject().put("key", key).put("value", value));
    out.putObject("inputs").set("dataset_inputs", run.datasets);
    out.putObject("outputs").set("model_outputs", run.models);
    return out;
  }

  private static ObjectNode json(Point point) {
    return JSON.createObjectNode()
        .put("key", point.key())
        .put("value", point.value())
        .put("timestamp", point.time())
        .put("step", point.step());
  }

  private ObjectNode searchRuns(JsonNode in) {
    Set<String> within = new TreeSet<>();
    in.path("experiment_ids").forEach(id -> within.add(id.asText()));
    Map<String, String> conditions = new LinkedHashMap<>();
    String filter = in.path("filter").asText();
    Matcher matcher = CONDITION.matcher(filter);
    while (matcher.find()) {
      conditions.put(matcher.group(1), matcher.group(2));
    }
    ObjectNode out = JSON.createObjectNode();
    ArrayNode list = out.putArray("runs");
    for (Run run : runs.values()) {
      if (within.contains(run.info.get("experiment_id").asText())
          && run.info.get("lifecycle_stage").asText().equals("active")
          && run.tags.entrySet().containsAll(conditions.entrySet())) {
        list.add(json(run));
      }
    }
    return out;
  }

  private Run active(JsonNode in) {
    Run run = runs.get(in.path("run_id").asText());
    if (run == null) {
      throw new Refused(404, "RESOURCE_DOES_NOT_EXIST", "no such run");
    }
    if (!run.info.get("lifecycle_stage").asText().equals("active")) {
      throw new Refused(400, "INVALID_PARAMETER_VALUE", "the run is deleted");
    }
    return run;
  }

  private ObjectNode update(JsonNode in) {
    Run run = active(in);
    run.info.set("status", in.get("status"));
    if (in.has("end_time")) {
      run.info.set("end_time", in.get("end_time"));
    }
    return JSON.createObjectNode().set("run_info", run.info);
  }

  private String delete(JsonNode in) {
    active(in).info.put("lifecycle_stage", "deleted");
    return "{}";
  }

  private String logBatch(JsonNode in, int bytes, Fault fault) {
    Run run = active(in);
    int metrics = in.path("metrics").size();
    int params = in.path("params").size();
    int tags = in.path("tags").size();
    require(metrics <= 1000, "at most 1000 metrics");
    require(params <= 100, "at most 100 params");
    require(tags <= 100, "at most 100 tags");
    require(metrics + params + tags <= 1000, "at most 1000 entities");
    require(bytes <= 1_000_000, "at most 1 MB");
    List<Point> points = new ArrayList<>();
    for (JsonNode metric : in.path("metrics")) {
      String key = metric.get("key").asText();
      requireName(key);
      require(metric.get("value").isNumber(), "a number");
      points.add(
          new Point(
              key,
              metric.get("value").asDouble(),
              metric.get("timestamp").asLong(),
              metric.get("step").asLong()));
    }
    for (JsonNode param : in.path("params")) {
      String key = param.get("key").asText();
      String value = param.get("value").asText();
      requireName(key);
      require(value.length() <= 6000, "a param is at most 6000 long");
      String known = run.params.putIfAbsent(key, value);
      require(known == null || known.equals(value), "param " + key + " was " + known);
    }
    run.points.addAll(points);
    if (fault != Fault.KILLED_BEFORE_TAGS) {
      for (JsonNode tag : in.path("tags")) {
        require(tag.get("value").asText().length() <= 8000, "a tag is at most 8000 long");
        run.tags.put(tag.get("key").asText(), tag.get("value").asText());
      }
    }
    return "{}";
  }

  private static void requireName(String key) {
    require(
        key.length() <= 250
            && NAME.matcher(key).matches()
            && !key.contains("..")
            && !key.startsWith("/")
            && !key.contains("//"),
        "invalid name " + key);
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new Refused(400, "INVALID_PARAMETER_VALUE", rule);
    }
  }

  private String setTag(JsonNode in) {
    active(in).tags.put(in.get("key").asText(), in.get("value").asText());
    return "{}";
  }

  private String logInputs(JsonNode in) {
    Run run = active(in);
    for (JsonNode dataset : in.path("datasets")) {
      require(dataset.at("/dataset/digest").asText().length() <= 36, "digest at most 36 long");
      run.datasets.add(dataset);
    }
    return "{}";
  }

  private String outputs(JsonNode in) {
    Run run = active(in);
    for (JsonNode model : in.path("models")) {
      for (JsonNode there : run.models) {
        require(!there.equals(model), "UNIQUE constraint failed");
      }
      run.models.add(model);
    }
    return "{}";
  }

  private static ObjectNode query(HttpExchange exchange) {
    ObjectNode asked = JSON.createObjectNode();
    for (String pair : exchange.getRequestURI().getQuery().split("&", -1)) {
      asked.put(pair.replaceFirst("=.*", ""), pair.replaceFirst("[^=]*=", ""));
    }
    return asked;
  }

  private ObjectNode history(JsonNode asked) {
    ObjectNode out = JSON.createObjectNode();
    ArrayNode list = out.putArray("metrics");
    for (Point point : active(asked).points) {
      if (point.key().equals(asked.get("metric_key").asText())) {
        list.add(json(point));
      }
    }
    return out;
  }

  private ObjectNode createModel(JsonNode in) {
    require(!in.get("name").asText().matches(".*[/:.%\"'].*"), "model name");
    String id = "m-" + (models.size() + 1);
    ObjectNode model = JSON.createObjectNode();
    ObjectNode info = model.putObject("info");
    info.put("model_id", id).put("status", "LOGGED_MODEL_PENDING");
    info.setAll((ObjectNode) in);
    models.put(id, model);
    return JSON.createObjectNode().set("model", model);
  }

  private ObjectNode searchModels(JsonNode in) {
    ObjectNode out = JSON.createObjectNode();
    ArrayNode list = out.putArray("models");
    String filter = in.path("filter").asText();
    models
        .values()
        .forEach(
            model -> {
              String run = model.at("/info/source_run_id").asText();
              if (filter.isEmpty() || filter.equals("source_run_id = '" + run + "'")) {
                list.add(model);
              }
            });
    return out;
  }

  private ObjectNode presign(JsonNode in) {
    require(artifactRoot.startsWith("s3:"), "Presigned upload is not supported");
    Run run = active(in);
    ObjectNode out = JSON.createObjectNode();
    out.put(
        "presigned_url",
        uri() + "/bucket/" + run.id + "/" + in.get("path").asText() + "?X-Amz-Signature=secret");
    out.putObject("headers").put("Content-Type", "application/octet-stream");
    return out;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}

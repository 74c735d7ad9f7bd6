package dev.temper.infra.stack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** MLflow's tracking server on an SQLite file; it also keeps the artifacts of its runs. */
final class MlflowServer implements Server {

  @Override
  public StackServer id() {
    return StackServer.MLFLOW;
  }

  @Override
  public Map<String, Integer> ports() {
    return Map.of("port", 5000);
  }

  @Override
  public Map<String, String> newSettings() {
    return Map.of();
  }

  @Override
  public List<String> command(Path program, Map<String, String> settings) {
    return List.of(
        program.toString(),
        "server",
        "--host",
        "127.0.0.1",
        "--port",
        settings.get("port"),
        "--workers",
        "1",
        // Relative to its folder: the path of a home may hold what a URI cannot.
        "--backend-store-uri",
        "sqlite:///mlflow.db",
        "--artifacts-destination",
        "./artifacts",
        "--uvicorn-opts",
        "--no-access-log");
  }

  @Override
  public Map<String, String> variables(Map<String, String> settings) {
    return Map.of(
        // Its job runners are six processes more, and nothing here uses them.
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false",
        "MLFLOW_DISABLE_TELEMETRY", "true",
        "GIT_PYTHON_REFRESH", "quiet",
        "PYTHONUNBUFFERED", "1");
  }

  @Override
  public void lay(Path folder) {}

  @Override
  public boolean ready(Path program, Map<String, String> settings, Map<String, String> variables)
      throws IOException {
    return Probe.ok(link(settings) + "/health");
  }

  @Override
  public Map<String, String> environment(Map<String, String> settings) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("MLFLOW_TRACKING_URI", link(settings));
    return environment;
  }

  @Override
  public String link(Map<String, String> settings) {
    return "http://127.0.0.1:" + settings.get("port");
  }
}

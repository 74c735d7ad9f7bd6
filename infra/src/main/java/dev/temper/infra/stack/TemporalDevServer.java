package dev.temper.infra.stack;

import dev.temper.workflows.SearchKeys;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.common.SearchAttributeKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Temporal's development server on an SQLite file, with its UI. */
final class TemporalDevServer implements Server {

  /** The namespace that the UI opens and the CLI asks unless told otherwise. */
  static final String NAMESPACE = "default";

  /** Attributes by which the UI and {@code temporal workflow list} find runs. */
  static final Map<String, String> SEARCH_ATTRIBUTES = searchAttributes();

  /** The development server deletes what ended a day ago; histories of runs are wanted longer. */
  private static final String RETENTION = "8760h";

  private static Map<String, String> searchAttributes() {
    Map<String, String> types = new LinkedHashMap<>();
    for (SearchAttributeKey<?> key : SearchKeys.all()) {
      types.put(key.getName(), type(key.getValueType()));
    }
    return types;
  }

  /** As the server's command line writes it: {@code KeywordList}. */
  private static String type(IndexedValueType type) {
    return switch (type) {
      case INDEXED_VALUE_TYPE_KEYWORD -> "Keyword";
      case INDEXED_VALUE_TYPE_KEYWORD_LIST -> "KeywordList";
      default -> throw new IllegalStateException("no search attribute has the type " + type);
    };
  }

  @Override
  public StackServer id() {
    return StackServer.TEMPORAL;
  }

  @Override
  public Map<String, Integer> ports() {
    Map<String, Integer> ports = new LinkedHashMap<>();
    ports.put("port", 7233);
    ports.put("ui-port", 8233);
    return ports;
  }

  @Override
  public Map<String, String> newSettings() {
    return Map.of();
  }

  @Override
  public List<String> command(Path program, Map<String, String> settings) {
    List<String> command =
        new ArrayList<>(
            List.of(
                program.toString(),
                "server",
                "start-dev",
                "--ip",
                "127.0.0.1",
                "--port",
                settings.get("port"),
                "--ui-ip",
                "127.0.0.1",
                "--ui-port",
                settings.get("ui-port"),
                "--db-filename",
                "temporal.db",
                // Readers do not wait for writers, and a killed server loses nothing.
                "--sqlite-pragma",
                "journal_mode=WAL",
                "--namespace",
                NAMESPACE,
                "--log-level",
                "warn"));
    SEARCH_ATTRIBUTES.forEach(
        (name, type) -> command.addAll(List.of("--search-attribute", name + "=" + type)));
    return command;
  }

  @Override
  public Map<String, String> variables(Map<String, String> settings) {
    // The CLI would take addresses and keys from the user's file of profiles.
    return Map.of("TEMPORAL_CONFIG_FILE", "/dev/null");
  }

  @Override
  public void lay(Path folder) {}

  @Override
  public boolean ready(Path program, Map<String, String> settings, Map<String, String> variables)
      throws IOException {
    // The UI answers before the frontend does.
    return operator(program, settings, variables, "cluster", "health").isPresent()
        && operator(
                program,
                settings,
                variables,
                "namespace",
                "update",
                "--namespace",
                NAMESPACE,
                "--retention",
                RETENTION)
            .isPresent();
  }

  private static Optional<String> operator(
      Path program, Map<String, String> settings, Map<String, String> variables, String... words)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString(), "operator"));
    command.addAll(List.of(words));
    command.addAll(List.of("--address", "127.0.0.1:" + settings.get("port")));
    return Programs.output(command, variables);
  }

  @Override
  public Map<String, String> environment(Map<String, String> settings) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("TEMPORAL_ADDRESS", "127.0.0.1:" + settings.get("port"));
    environment.put("TEMPORAL_NAMESPACE", NAMESPACE);
    environment.put("TEMPER_TEMPORAL_UI", link(settings));
    return environment;
  }

  @Override
  public String link(Map<String, String> settings) {
    return "http://127.0.0.1:" + settings.get("ui-port");
  }
}

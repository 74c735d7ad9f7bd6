package dev.temper.infra.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The environment variables by which commands find the local stack: {@code
 * <home>/stack/environment}, while one of its servers runs.
 */
public final class StackEnvironment {

  /**
   * Variables that belong together: who sets one of {@code choosing} means another server, and
   * nothing of the stack's is mixed into that; otherwise all that begin with one of {@code
   * prefixes} come from the stack alone, since a key for another server opens nothing here.
   */
  private record Group(List<String> choosing, List<String> prefixes) {
    boolean chosenIn(Map<String, String> environment) {
      return choosing.stream().anyMatch(name -> !environment.getOrDefault(name, "").isEmpty());
    }

    boolean has(String name) {
      return prefixes.stream().anyMatch(name::startsWith);
    }
  }

  private static final List<Group> GROUPS =
      List.of(
          new Group(
              List.of("TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE"),
              List.of("TEMPORAL_", "TEMPER_TEMPORAL_")),
          new Group(List.of("MLFLOW_TRACKING_URI"), List.of("MLFLOW_TRACKING_")),
          new Group(
              List.of("TEMPER_STORE", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"),
              List.of("TEMPER_STORE", "AWS_")));

  private StackEnvironment() {}

  /** The process's environment with that of the stack below it, if a server of it runs. */
  public static Map<String, String> over(Map<String, String> process, Path home) {
    Map<String, String> merged = new LinkedHashMap<>(process);
    try {
      Map<String, String> stack = PrivateFile.read(file(home));
      if (stack.isEmpty() || !anyAlive(home)) {
        return merged;
      }
      for (Group group : GROUPS) {
        if (stack.keySet().stream().anyMatch(group::has) && !group.chosenIn(process)) {
          merged.keySet().removeIf(group::has);
          stack.forEach(
              (name, value) -> {
                if (group.has(name)) {
                  merged.put(name, value);
                }
              });
        }
      }
      return merged;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file(home) + ": " + e.getMessage(), e);
    }
  }

  static Path file(Path home) {
    return home.toAbsolutePath().resolve("stack").resolve("environment");
  }

  /** Keeps the variables for other processes; without any, the file goes. */
  static void write(Path home, Map<String, String> variables) throws IOException {
    if (variables.isEmpty()) {
      Files.deleteIfExists(file(home));
    } else {
      PrivateFile.write(file(home), variables);
    }
  }

  private static boolean anyAlive(Path home) throws IOException {
    for (StackServer server : StackServer.values()) {
      if (!ServerFolder.of(home, server).processes().isEmpty()) {
        return true;
      }
    }
    return false;
  }
}

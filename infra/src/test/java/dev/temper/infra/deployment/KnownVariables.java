package dev.temper.infra.deployment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Environment variables that a deployment may set. */
final class KnownVariables {

  /** Read by the SDKs of Temporal and AWS, or by their rules. */
  private static final Set<String> OF_SDKS =
      Set.of(
          "TEMPORAL_ADDRESS",
          "TEMPORAL_NAMESPACE",
          "TEMPORAL_API_KEY",
          "AWS_REGION",
          "AWS_ENDPOINT_URL_S3",
          "AWS_ACCESS_KEY_ID",
          "AWS_SECRET_ACCESS_KEY",
          // MLflow's own clients know it by this name.
          "MLFLOW_TRACKING_TOKEN");

  private static final Pattern IN_CODE = Pattern.compile("\"((?:TEMPER|MLFLOW)_[A-Z_]+)\"");

  private KnownVariables() {}

  /** Those of the SDKs, and those that Temper's code names. */
  static Set<String> names() throws IOException {
    Set<String> names = new TreeSet<>(OF_SDKS);
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        Matcher name = IN_CODE.matcher(Files.readString(file));
        while (name.find()) {
          names.add(name.group(1));
        }
      }
    }
    return names;
  }
}

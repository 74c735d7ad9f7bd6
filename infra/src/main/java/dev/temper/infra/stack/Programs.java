package dev.temper.infra.stack;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Finds programs: in the cache folder of infra/servers/install.sh, then on the PATH. */
final class Programs {

  private final Map<String, String> environment;

  Programs(Map<String, String> environment) {
    this.environment = environment;
  }

  /** The folder that infra/servers/install.sh fills; empty where no home folder is known. */
  Optional<Path> cache() {
    String own = environment.getOrDefault("TEMPER_SERVERS", "");
    if (!own.isEmpty()) {
      return Optional.of(Path.of(own));
    }
    String caches = environment.getOrDefault("XDG_CACHE_HOME", "");
    String user = environment.getOrDefault("HOME", "");
    if (caches.isEmpty() && user.isEmpty()) {
      return Optional.empty();
    }
    Path folder = caches.isEmpty() ? Path.of(user, ".cache") : Path.of(caches);
    return Optional.of(folder.resolve("temper").resolve("servers"));
  }

  Optional<Path> find(StackServer server) {
    // First those of the versions that Temper is tested with.
    Optional<Path> cached =
        cache()
            .flatMap(
                folder ->
                    executable(
                        List.of(
                            folder.resolve("bin").resolve(server.program()),
                            folder
                                .resolve(server.program())
                                .resolve("bin")
                                .resolve(server.program()))));
    return cached.isPresent() ? cached : onPath(server.program());
  }

  Optional<Path> onPath(String name) {
    List<Path> candidates = new ArrayList<>();
    for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      if (!folder.isEmpty()) {
        candidates.add(Path.of(folder, name));
      }
    }
    return executable(candidates);
  }

  private static Optional<Path> executable(List<Path> candidates) {
    return candidates.stream()
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .map(Path::toAbsolutePath)
        .findFirst();
  }

  /** What a program that ends soon printed; empty if it failed or did not end in time. */
  static Optional<String> output(List<String> command, Map<String, String> environment)
      throws IOException {
    Path out = Files.createTempFile("temper-program", ".out");
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().clear();
      builder.environment().putAll(environment);
      builder.redirectInput(new File("/dev/null"));
      builder.redirectErrorStream(true).redirectOutput(out.toFile());
      Process process = builder.start();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
      return process.exitValue() == 0 ? Optional.of(Files.readString(out)) : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      Files.deleteIfExists(out);
    }
  }
}

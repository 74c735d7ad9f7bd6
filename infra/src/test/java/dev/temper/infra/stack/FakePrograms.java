package dev.temper.infra.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;

/** A cache folder with programs that only look like servers. */
public final class FakePrograms {

  private final Path cache;

  public FakePrograms(Path cache) {
    this.cache = cache;
  }

  /** The environment in which they are found, and nothing of this machine's is. */
  public Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("TEMPER_SERVERS", cache.toString());
    environment.put("PATH", "");
    return environment;
  }

  /** A program that serves. */
  public void serving(StackServer server) throws IOException {
    script(server, serve());
  }

  /** A program that serves, and does not listen to SIGTERM. */
  public void stubborn(StackServer server) throws IOException {
    script(server, "trap '' TERM\n" + serve());
  }

  /** A program that says something and ends. */
  public void dying(StackServer server, String words) throws IOException {
    script(server, "echo '" + words + "' >&2\nexit 1\n");
  }

  /** A program that runs and never answers. */
  public void silent(StackServer server) throws IOException {
    script(server, "echo thinking\nexec /bin/sleep 600\n");
  }

  private static String serve() {
    // "temporal operator ..." asks a server that is there.
    return """
        [ "$1" = operator ] && exit 0
        exec '%s' -XX:TieredStopAtLevel=1 -cp '%s' %s "$@"
        """
        .formatted(
            ProcessHandle.current().info().command().orElseThrow(),
            classes(),
            FakeServer.class.getName());
  }

  private static Path classes() {
    return Path.of(FakeServer.class.getProtectionDomain().getCodeSource().getLocation().getPath());
  }

  private void script(StackServer server, String body) throws IOException {
    Path file = cache.resolve("bin").resolve(server.program());
    Files.createDirectories(file.getParent());
    Files.deleteIfExists(file);
    Files.writeString(file, "#!/bin/sh\n" + body);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}

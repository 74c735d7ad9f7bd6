package dev.temper.trainers.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A libtorch of this machine, in place of the one that comes with Temper: DJL loads what {@code
 * PYTORCH_LIBRARY_PATH} points at. It is looked at before it is loaded, since one of another
 * version ends the process instead of failing.
 */
public final class InstalledLibtorch {

  private static final String PATH = "PYTORCH_LIBRARY_PATH";
  private static final String VERSION = "PYTORCH_VERSION";

  /** Of the interface between Java and libtorch; another one would have to be downloaded. */
  private static final String INTERFACE = "2.7.1";

  private static final Pattern FITTING = Pattern.compile("2\\.[78]\\..*");
  private static final Pattern IN_PYTHON =
      Pattern.compile("^__version__\\s*=\\s*['\"]([^'\"]+)['\"]", Pattern.MULTILINE);

  private InstalledLibtorch() {}

  /**
   * What is wrong with the libtorch that the environment names.
   *
   * @return empty where it names none, or one that fits
   */
  public static Optional<String> problem(Map<String, String> environment) throws IOException {
    String named = environment.get(PATH);
    if (named == null || named.isBlank()) {
      return Optional.empty();
    }
    Path folder = Path.of(named);
    if (!Files.isRegularFile(folder.resolve(System.mapLibraryName("torch")))) {
      return Optional.of(
          "%s must be the folder of %s, got '%s'"
              .formatted(PATH, System.mapLibraryName("torch"), named));
    }
    String asked = environment.getOrDefault(VERSION, INTERFACE);
    if (!asked.equals(INTERFACE)) {
      return Optional.of(
          "%s must be %s (of the interface, also for libtorch 2.8), got '%s'"
              .formatted(VERSION, INTERFACE, asked));
    }
    Optional<String> version = version(folder.toAbsolutePath().getParent());
    if (version.isEmpty()) {
      return Optional.of(
          "the version of the libtorch in '%s' is not known: beside the folder stands neither version.py nor build-version"
              .formatted(named));
    }
    return version
        .filter(found -> !FITTING.matcher(found).matches())
        .map(
            found ->
                "%s is libtorch %s in '%s', and only 2.7 and 2.8 work: later ones load and then end the process"
                    .formatted(PATH, found, named));
  }

  /** Of a Python package, or of a libtorch that was unpacked. */
  private static Optional<String> version(Path around) throws IOException {
    Path python = around.resolve("version.py");
    if (Files.isRegularFile(python)) {
      Matcher found = IN_PYTHON.matcher(Files.readString(python));
      return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }
    Path built = around.resolve("build-version");
    return Files.isRegularFile(built)
        ? Optional.of(Files.readString(built).strip())
        : Optional.empty();
  }
}

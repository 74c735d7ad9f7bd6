package dev.temper.infra.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The recipes that come with Temper. */
final class ShippedRecipes {

  private static final String SUFFIX = ".yaml";

  private final Path folder;

  ShippedRecipes(TemperCommand root) {
    this.folder = root.around().root().orElse(root.around().directory()).resolve("recipes");
  }

  List<Path> files() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    }
  }

  Path file(String name) throws IOException {
    Path file = folder.resolve(name.endsWith(SUFFIX) ? name : name + SUFFIX);
    if (!Files.isRegularFile(file)) {
      throw Refusal.usage(
          "there is no recipe '%s' in %s%s"
              .formatted(
                  name,
                  folder,
                  KnownNames.hint(name, files().stream().map(ShippedRecipes::name).toList())));
    }
    return file;
  }

  static String name(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.length() - SUFFIX.length());
  }

  /** The recipe's own description; not parsed further, so that a broken recipe is listed too. */
  static String description(Path file) throws IOException {
    String key = "description:";
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(key.length()).strip())
        .findFirst()
        .orElse("");
  }
}

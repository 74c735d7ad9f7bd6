package dev.temper.recipes;

import dev.temper.recipes.yaml.RecipeReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The recipes that ship with Temper. */
public final class Shipped {

  private Shipped() {}

  /** The YAML of a recipe by its name. */
  public static String text(String name) {
    return name.equals("tiny") ? resource("tiny.yaml") : file(name + ".yaml");
  }

  /** A text beside the classes of the package. */
  static String resource(String name) {
    try (InputStream in = Recipe.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String file(String name) {
    try {
      return Files.readString(Path.of(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Recipe recipe(String name) {
    return new RecipeReader(new FakeCatalog()).read(name + ".yaml", text(name));
  }
}

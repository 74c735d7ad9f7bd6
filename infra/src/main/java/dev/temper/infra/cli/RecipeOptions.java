package dev.temper.infra.cli;

import dev.temper.infra.Wiring;
import dev.temper.infra.recipe.PinnedRecipe;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.yaml.RecipeReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A recipe on the command line, with changes on top. */
final class RecipeOptions {

  @Parameters(
      arity = "0..1",
      paramLabel = "RECIPE",
      description = "a YAML file, or a recipe that 'temper recipes' lists")
  private String recipe;

  @Option(
      names = "--set",
      paramLabel = "a.b=c",
      description = "changes one value, for example --set stages.rl.kl.beta=0.1")
  private List<String> assignments = new ArrayList<>();

  @Option(
      names = {"-f", "--overlay"},
      paramLabel = "FILE",
      description = "a YAML file laid over the recipe")
  private List<Path> overlays = new ArrayList<>();

  @Option(
      names = "--device",
      paramLabel = "D",
      description = "what stages compute on, cpu or cuda; the same as --set numerics.device=D")
  private String device;

  /** As it was typed. */
  String text() {
    return recipe;
  }

  /** Reads the recipe and hashes its data files. */
  PinnedRecipe read(TemperCommand root) throws IOException {
    if (recipe == null) {
      throw Refusal.usage("Missing required parameter: 'RECIPE'");
    }
    Path file = file(root);
    return read(root, source(file, recipe), file.toAbsolutePath().getParent());
  }

  /** Reads another recipe with these changes on top. */
  PinnedRecipe read(TemperCommand root, RecipeReader.Source base, Path folder) throws IOException {
    List<RecipeReader.Source> over = new ArrayList<>();
    for (Path overlay : overlays) {
      over.add(source(root.path(overlay), overlay.toString()));
    }
    List<String> changes = new ArrayList<>(assignments);
    if (device != null) {
      changes.add("numerics.device=" + device);
    }
    Recipe resolved = Wiring.recipes().read(base, over, changes);
    return PinnedRecipe.of(resolved, folder, root.fetched());
  }

  private Path file(TemperCommand root) throws IOException {
    Path given = root.path(Path.of(recipe));
    if (Files.isRegularFile(given)) {
      return given;
    }
    boolean path = recipe.contains("/") || recipe.endsWith(".yaml") || recipe.endsWith(".yml");
    if (path) {
      throw Refusal.usage("there is no file " + given);
    }
    return new ShippedRecipes(root).file(recipe);
  }

  private static RecipeReader.Source source(Path file, String shown) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw Refusal.usage("there is no file " + file);
    }
    try {
      return new RecipeReader.Source(shown, Files.readString(file));
    } catch (CharacterCodingException e) {
      throw Refusal.usage("Recipe '%s' is invalid: it is not UTF-8 text".formatted(shown));
    }
  }
}

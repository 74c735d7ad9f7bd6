package dev.temper.recipes.yaml;

import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/** A recipe that cannot be used, with all its problems at once. */
public final class RecipeException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  RecipeException(String name, List<Problem> problems) {
    super(
        "Recipe '%s' is invalid (%d):\n%s"
            .formatted(
                name,
                problems.size(),
                problems.stream().map(Problem::text).collect(Collectors.joining("\n"))));
    this.problems = List.copyOf(problems);
  }

  /** Every problem, in the order of the file. */
  public List<Problem> problems() {
    return problems;
  }
}

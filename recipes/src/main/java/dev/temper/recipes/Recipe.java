package dev.temper.recipes;

import java.util.List;

/** A resolved recipe: every default filled in, stages in an order in which inputs come first. */
public record Recipe(String name, long seed, List<Stage> stages) {
  public Recipe {
    stages = List.copyOf(stages);
  }
}

package dev.temper.trainers.data;

import dev.temper.recipes.DataSource;
import java.util.Map;

/** Synthetic sources for tests. */
public final class Sources {

  private Sources() {}

  public static DataSource.Synthetic of(String name, int from, int rows) {
    return new DataSource.Synthetic(name, from, rows, 7, Map.of());
  }
}

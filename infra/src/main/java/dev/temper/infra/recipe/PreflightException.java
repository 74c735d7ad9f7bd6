package dev.temper.infra.recipe;

import java.util.List;

/** A recipe that is right, but cannot be run here and now; with all reasons at once. */
public final class PreflightException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public PreflightException(List<String> problems) {
    super(
        "the run cannot start (%d):\n%s"
            .formatted(problems.size(), "  " + String.join("\n  ", problems)));
  }
}

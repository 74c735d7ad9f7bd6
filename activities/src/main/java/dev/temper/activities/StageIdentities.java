package dev.temper.activities;

import dev.temper.recipes.StageSpec;
import dev.temper.workflows.ResolvedInput;
import java.util.Map;

/** Derives the key of a stage from its spec and the content of its inputs. */
@FunctionalInterface
public interface StageIdentities {

  /** A pure function; {@code inputs} by the text of the input. */
  StageIdentity of(StageSpec spec, Map<String, ResolvedInput> inputs);
}

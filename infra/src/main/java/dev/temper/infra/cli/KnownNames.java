package dev.temper.infra.cli;

import dev.temper.recipes.NearestName;
import java.util.Collection;

/** The end of a message about a name that is not known. */
final class KnownNames {

  private KnownNames() {}

  /** {@code ". Did you mean 'x'?"}, or what is known, or nothing. */
  static String hint(String given, Collection<String> known) {
    if (known.isEmpty()) {
      return "";
    }
    return NearestName.of(given, known)
        .map(". Did you mean '%s'?"::formatted)
        .orElse("; known: " + String.join(", ", known));
  }
}

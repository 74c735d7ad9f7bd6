package dev.temper.activities.store;

import dev.temper.activities.ContentPaths;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where things lie in a store folder.
 *
 * <pre>
 *   artifacts/KEY/MANIFEST.json, files, attachments/
 *   checkpoints/KEY/step-N/COMMIT/MANIFEST.json, files
 *   checkpoints/KEY/chunks/SHA256
 *   staging/KEY/COMMIT/            half-written; swept by the next holder of the lease
 *   locks/KEY, locks/KEY.holder    who writes for the key now
 *   epochs/KEY                     fencing epoch
 *   runs/ROOT/KEY                  a live run or a pin needs the artifact
 *   data/SHA256                    a data file of a recipe
 * </pre>
 */
record StoreLayout(Path root) {

  static final String ATTACHMENTS = "attachments";

  Path artifact(String key) {
    return below("artifacts", key);
  }

  Path checkpoints(String key) {
    return below("checkpoints", key);
  }

  Path chunks(String key) {
    return checkpoints(key).resolve("chunks");
  }

  Path step(String key, long step) {
    return checkpoints(key).resolve(String.format(Locale.ROOT, "step-%010d", step));
  }

  Path staging(String key) {
    return below("staging", key);
  }

  /** An artifact of which a collector asks whether it is needed. */
  Path hidden(String key) {
    return staging(key).resolve("discarded");
  }

  Path lock(String key) {
    return below("locks", key);
  }

  /** A file of its own: reading the lock file in its holder would silently drop the lock. */
  Path holder(String key) {
    return below("locks", key + ".holder");
  }

  Path epoch(String key) {
    return below("epochs", key);
  }

  Path runs() {
    return root.resolve("runs");
  }

  Path keptBy(String keeper) {
    return below("runs", keeper);
  }

  Path data(String sha256) {
    return below("data", sha256);
  }

  private Path below(String folder, String name) {
    if (name.contains("/")) {
      throw new IllegalArgumentException("must be one name, got '" + name + "'");
    }
    return root.resolve(folder).resolve(ContentPaths.require(name));
  }
}

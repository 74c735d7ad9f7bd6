package dev.temper.infra.s3;

import dev.temper.activities.ContentPaths;
import java.util.Locale;

/**
 * Where things lie below a store's prefix.
 *
 * <pre>
 *   artifacts/KEY/MANIFEST.json         names the commit of the artifact; put last, if there is none
 *   checkpoints/KEY/step-N/COMMIT.json  names the files of a checkpoint; put last
 *   commits/KEY/COMMIT/files/PATH       written once, under a name that nobody else has
 *   commits/KEY/COMMIT/attachments/PATH
 *   commits/KEY/COMMIT/MANIFEST.json    what artifacts/KEY/MANIFEST.json is to become
 *   chunks/KEY/EPOCH-SHA256             shared by checkpoints; the epoch is that of its writer
 *   leases/KEY                          who writes for the key now, and the fencing epoch
 *   runs/ROOT/KEY                       a live run or a pin needs the artifact
 *   data/SHA256                         a data file of a recipe
 *   id                                  tells the store from others of the same name
 *   probe/ID                            for a moment at start-up
 * </pre>
 */
final class S3Layout {

  static final String MANIFEST = "MANIFEST.json";
  static final String ID = "id";
  static final String RUNS = "runs/";
  static final String COMMITS = "commits/";
  static final String FILES = "files/";
  static final String ATTACHMENTS = "attachments/";

  private S3Layout() {}

  static String artifact(String key) {
    return "artifacts/" + name(key) + "/" + MANIFEST;
  }

  static String commits(String key) {
    return COMMITS + name(key) + "/";
  }

  static String commit(String key, String commit) {
    return commits(key) + name(commit) + "/";
  }

  static String checkpoints(String key) {
    return "checkpoints/" + name(key) + "/";
  }

  static String step(long step) {
    return String.format(Locale.ROOT, "step-%010d", step);
  }

  static String checkpoint(String key, long step, String commit) {
    return checkpoints(key) + step(step) + "/" + name(commit) + ".json";
  }

  static String chunks(String key) {
    return "chunks/" + name(key) + "/";
  }

  /** No two holders of a lease give one name. */
  static String chunkName(long epoch, String sha256) {
    return epoch + "-" + sha256;
  }

  static String chunk(String key, String name) {
    return chunks(key) + name(name);
  }

  static String lease(String key) {
    return "leases/" + name(key);
  }

  static String keptBy(String root) {
    return RUNS + name(root) + "/";
  }

  static String kept(String root, String key) {
    return keptBy(root) + name(key);
  }

  static String data(String sha256) {
    return "data/" + name(sha256);
  }

  static String probe(String id) {
    return "probe/" + name(id);
  }

  private static String name(String name) {
    if (name.contains("/")) {
      throw new IllegalArgumentException("must be one name, got '" + name + "'");
    }
    return ContentPaths.require(name);
  }
}

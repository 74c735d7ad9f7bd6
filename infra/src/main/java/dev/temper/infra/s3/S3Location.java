package dev.temper.infra.s3;

import dev.temper.activities.ContentPaths;
import java.util.regex.Pattern;

/**
 * A place in a bucket.
 *
 * @param prefix empty, or a folder without slashes at its ends
 */
public record S3Location(String bucket, String prefix) {

  private static final String SCHEME = "s3://";
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

  /**
   * Reads {@code s3://bucket/prefix}.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  public static S3Location parse(String text) {
    if (!text.startsWith(SCHEME)) {
      throw new IllegalArgumentException("must be s3://BUCKET/PREFIX, got '" + text + "'");
    }
    String rest = text.substring(SCHEME.length());
    int slash = rest.indexOf('/');
    String bucket = slash < 0 ? rest : rest.substring(0, slash);
    String prefix = slash < 0 ? "" : rest.substring(slash + 1).replaceAll("/+$", "");
    if (!BUCKET.matcher(bucket).matches()) {
      throw new IllegalArgumentException(
          "the bucket must have 3 to 63 lower-case letters, digits, dots and dashes, got '%s' in '%s'"
              .formatted(bucket, text));
    }
    return new S3Location(bucket, ContentPaths.requireFolder(prefix));
  }

  /** Full key of an object by its path in the store. */
  String key(String path) {
    return prefix.isEmpty() ? path : prefix + "/" + path;
  }

  /** The inverse of {@link #key}. */
  String path(String key) {
    return prefix.isEmpty() ? key : key.substring(prefix.length() + 1);
  }

  @Override
  public String toString() {
    return SCHEME + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
  }
}

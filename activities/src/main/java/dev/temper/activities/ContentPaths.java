package dev.temper.activities;

/** Which paths a file inside an artifact, a checkpoint or a stage folder may have. */
public final class ContentPaths {

  private ContentPaths() {}

  /**
   * The path itself, if it is relative, with slashes, and leads nowhere else.
   *
   * @throws IllegalArgumentException naming the path
   */
  public static String require(String path) {
    boolean bad =
        path.isEmpty() || path.startsWith("/") || path.contains("\\") || path.contains("\0");
    for (String name : path.split("/", -1)) {
      bad |= name.isEmpty() || name.equals(".") || name.equals("..") || name.contains(":");
    }
    if (bad) {
      throw new IllegalArgumentException(
          "a path must be relative and lead nowhere else, got '" + path + "'");
    }
    return path;
  }

  /** Likewise for a folder, where the empty path is the root. */
  public static String requireFolder(String path) {
    return path.isEmpty() ? path : require(path);
  }
}

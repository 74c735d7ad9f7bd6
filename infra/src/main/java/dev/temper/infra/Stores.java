package dev.temper.infra;

import dev.temper.activities.ArtifactStore;
import dev.temper.activities.store.FolderArtifactStore;
import dev.temper.infra.s3.S3ArtifactStore;
import dev.temper.infra.s3.S3Location;
import java.nio.file.Path;
import java.util.Map;

/** Opens stores by what users call them: a folder, or {@code s3://bucket/prefix}. */
public final class Stores {

  private static final String S3 = "s3://";

  private Stores() {}

  /** Whether a location is a folder of this machine. */
  public static boolean isFolder(String location) {
    return !location.contains("://");
  }

  /**
   * The location itself, written in one way only.
   *
   * @throws IllegalArgumentException naming what is wrong with it
   */
  public static String require(String location) {
    if (isFolder(location)) {
      return location;
    }
    if (!location.startsWith(S3)) {
      throw new IllegalArgumentException(
          "a store must be a folder or s3://BUCKET/PREFIX, got '%s'".formatted(location));
    }
    return S3Location.parse(location).toString();
  }

  /**
   * Opens a store; connects to nothing yet.
   *
   * @param location a folder, absolute, or {@code s3://bucket/prefix}
   * @param environment with the variables of the AWS tools
   * @param cache folder for copies of what lies on a server
   */
  public static ArtifactStore open(String location, Map<String, String> environment, Path cache) {
    return isFolder(location)
        ? new FolderArtifactStore(Path.of(location))
        : S3ArtifactStore.open(S3Location.parse(location), environment, cache);
  }
}

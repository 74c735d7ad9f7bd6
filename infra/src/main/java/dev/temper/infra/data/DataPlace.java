package dev.temper.infra.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Where data of recipes may lie. */
public interface DataPlace {

  /**
   * What a location stands for now.
   *
   * @throws DataUnreachableException if nobody answers
   * @throws IOException saying why there is no such data
   */
  Found find(String location) throws IOException;

  /**
   * What was found.
   *
   * @param pinned a location that will always have these bytes, where the place has such ones; else
   *     that which was asked for
   * @param folder whether it stands for a folder of files
   * @param files at least one
   */
  record Found(String pinned, boolean folder, List<RemoteFile> files) {
    public Found {
      files = List.copyOf(files);
    }
  }

  /**
   * A file that can be fetched.
   *
   * @param path below the folder; of a file alone its name
   * @param version another one means other bytes
   */
  record RemoteFile(String path, String version, Fetch fetch) {}

  /** Brings the bytes of a file. */
  @FunctionalInterface
  interface Fetch {
    void to(Path target) throws IOException;
  }
}

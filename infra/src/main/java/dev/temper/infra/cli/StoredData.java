package dev.temper.infra.cli;

import dev.temper.activities.ArtifactStore;
import dev.temper.activities.ContentPaths;
import dev.temper.activities.DataFiles;
import dev.temper.recipes.DataSource;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The data files of runs as a worker finds them: in the store, by content. A folder is there as its
 * listing, and is put together of links to the copies of its files.
 *
 * @param folders where folders are put together
 */
record StoredData(ArtifactStore store, Path folders) implements DataFiles {

  private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})  (.+)");

  @Override
  public Path find(String run, DataSource.File file) throws IOException {
    Path found = store.data(file.sha256());
    if (!file.file().endsWith("/")) {
      return found;
    }
    Path folder = folders.resolve(file.sha256());
    for (String line : Files.readAllLines(found)) {
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw new StageFailure(
            StageFailure.Type.DATA_CONTRACT,
            "the listing of data folder %s has the line '%s'".formatted(file.file(), line));
      }
      link(folder.resolve(ContentPaths.requireFolder(matcher.group(2))), matcher.group(1));
    }
    return folder;
  }

  private void link(Path link, String sha256) throws IOException {
    Path target = store.data(sha256).toAbsolutePath();
    Files.createDirectories(link.getParent());
    if (!Files.exists(link)) {
      Files.deleteIfExists(link); // its target was tidied away
      try {
        Files.createSymbolicLink(link, target);
      } catch (FileAlreadyExistsException e) {
        // another stage of the same data was first
      }
    }
  }
}

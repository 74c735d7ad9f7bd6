package dev.temper.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.activities.ArtifactStore;
import dev.temper.activities.store.FolderArtifactStore;
import dev.temper.infra.Wiring;
import dev.temper.infra.data.FetchedData;
import dev.temper.infra.recipe.PinnedRecipe;
import dev.temper.recipes.DataFiles;
import dev.temper.recipes.DataSource;
import dev.temper.trainers.data.FileHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredDataTest {

  private static final String RECIPE =
      """
      name: shards
      stages:
        base:
          kind: pretrain
          data: {file: shards}
          heldout: {file: one.jsonl}
          steps: 1
          learningRate: 0.1
      """;

  @TempDir Path folder;

  @Test
  void aWorkerElsewhereFindsFilesAndFoldersByTheirContent() throws IOException {
    Files.createDirectories(folder.resolve("shards/deep"));
    Files.writeString(folder.resolve("shards/deep/b.jsonl"), "{\"text\": \"b\"}\n");
    Files.writeString(folder.resolve("shards/a.jsonl"), "{\"text\": \"a\"}\n");
    Files.writeString(folder.resolve("one.jsonl"), "{\"text\": \"c\"}\n");
    PinnedRecipe pinned =
        PinnedRecipe.of(
            Wiring.recipes().read("shards.yaml", RECIPE),
            folder,
            new FetchedData(folder.resolve("fetched"), Map.of()));
    Map<String, String> hashes = DataFiles.hashes(pinned.recipe());
    assertThat(hashes).containsOnlyKeys("shards/", "one.jsonl");

    try (ArtifactStore store = new FolderArtifactStore(folder.resolve("store"))) {
      new RunData(store, pinned).put("run");
      StoredData stored = new StoredData(store, folder.resolve("worker"));
      for (int again = 0; again < 2; again++) {
        for (Map.Entry<String, String> file : hashes.entrySet()) {
          Path found = stored.find("run", new DataSource.File(file.getKey(), file.getValue(), 0));
          assertThat(FileHash.sha256(found)).isEqualTo(file.getValue());
        }
      }
    }
  }
}

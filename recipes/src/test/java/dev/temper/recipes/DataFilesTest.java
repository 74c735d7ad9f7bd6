package dev.temper.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.recipes.yaml.RecipeReader;
import org.junit.jupiter.api.Test;

class DataFilesTest {

  @Test
  void findsAndPinsEveryFile() {
    Recipe recipe =
        new RecipeReader(new FakeCatalog())
            .read(
                "files.yaml",
                """
                name: files
                stages:
                  base: {kind: pretrain, data: {file: a.jsonl}, heldout: {file: b.jsonl, limit: 3}, steps: 1, learningRate: 0.1}
                  sft: {kind: sft, init: base, data: {file: a.jsonl}, learningRate: 0.1}
                """);

    Recipe pinned = DataFiles.pinned(recipe, path -> path.startsWith("a") ? "aa" : "bb");

    assertThat(DataFiles.of(recipe)).containsExactly("a.jsonl", "b.jsonl");
    PretrainSpec base = (PretrainSpec) pinned.stages().get(0).spec();
    SftSpec sft = (SftSpec) pinned.stages().get(1).spec();
    assertThat(base.data()).isEqualTo(new DataSource.File("a.jsonl", "aa", 0));
    assertThat(base.heldout()).contains(new DataSource.File("b.jsonl", "bb", 3));
    assertThat(sft.data()).isEqualTo(base.data());
    assertThat(pinned.stages().get(1).retry()).isEqualTo(recipe.stages().get(1).retry());
  }
}

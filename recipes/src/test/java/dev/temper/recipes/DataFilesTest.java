package dev.temper.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.recipes.yaml.RecipeReader;
import java.util.Map;
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
                  more:
                    kind: sft
                    init: base
                    data: [{file: a.jsonl, weight: 2}, {file: "hf://datasets/o/n@main/c.jsonl", weight: 1, shape: alpaca}]
                    learningRate: 0.1
                """);

    Recipe pinned =
        DataFiles.pinned(
            recipe,
            pin ->
                new DataFiles.Pin(
                    pin.file().replace("@main", "@0123"),
                    pin.file().startsWith("a") ? "aa" : "bb"));

    assertThat(DataFiles.of(recipe))
        .extracting(DataFiles.Pin::file)
        .containsExactly("a.jsonl", "b.jsonl", "hf://datasets/o/n@main/c.jsonl");
    assertThat(DataFiles.hashes(pinned))
        .isEqualTo(
            Map.of("a.jsonl", "aa", "b.jsonl", "bb", "hf://datasets/o/n@0123/c.jsonl", "bb"));
    PretrainSpec base = (PretrainSpec) pinned.stages().get(0).spec();
    SftSpec sft = (SftSpec) pinned.stages().get(1).spec();
    assertThat(base.data()).isEqualTo(new DataSource.File("a.jsonl", "aa", 0));
    assertThat(base.heldout()).contains(new DataSource.File("b.jsonl", "bb", 3));
    assertThat(sft.data()).isEqualTo(base.data());
    assertThat(pinned.stages().get(1).retry()).isEqualTo(recipe.stages().get(1).retry());
  }
}

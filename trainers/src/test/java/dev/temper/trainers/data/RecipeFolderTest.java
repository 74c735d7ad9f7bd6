package dev.temper.trainers.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.Input;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeFolderTest {

  @TempDir Path folder;

  @Test
  void filesLieBesideTheRecipeOrBelow() {
    RecipeFolder files = new RecipeFolder(folder);
    assertThat(files.file(file("data/../train.jsonl"))).isEqualTo(folder.resolve("train.jsonl"));
    assertThat(files.file(file("data/train.jsonl")))
        .isEqualTo(folder.resolve("data").resolve("train.jsonl"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../train.jsonl", "data/../../train.jsonl", "/etc/passwd", "", "."})
  void aPathThatLeadsOutIsRefused(String path) {
    assertThatThrownBy(() -> new RecipeFolder(folder).file(file(path)))
        .isInstanceOfSatisfying(
            StageFailure.class,
            e -> assertThat(e.type()).isEqualTo(StageFailure.Type.DATA_CONTRACT))
        .hasMessageContaining("'" + path + "' must be a relative path");
  }

  @Test
  void whatTheRunMakesIsNotThereYet() {
    assertThatThrownBy(() -> new RecipeFolder(folder).folder(new Input("pairs", "train")))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("'pairs.train'");
  }

  @Test
  void aFileIsKnownByItsBytes() throws IOException {
    Path file = Files.writeString(folder.resolve("a.jsonl"), "abc");
    assertThat(FileHash.sha256(file))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  private static DataSource.File file(String path) {
    return new DataSource.File(path, "", 0);
  }
}

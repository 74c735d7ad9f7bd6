package dev.temper.trainers.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.DataSources;
import dev.temper.trainers.data.FolderInputs;
import dev.temper.trainers.data.Row;
import dev.temper.trainers.data.Sources;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {

  private static final int UNKNOWN = 3;

  @TempDir Path folder;

  @Test
  void theVocabularyFillsItsRowsExactly() {
    try (Tokenizer tokenizer = Tokenizer.builtIn("kind-notes")) {
      assertThat(tokenizer.vocabSize()).isEqualTo(192);
      assertThat(tokenizer.bosId()).isEqualTo(0);
      assertThat(tokenizer.eosId()).isEqualTo(1);
      assertThat(tokenizer.padId()).isEqualTo(2);
      for (int id = 4; id < 192; id++) {
        assertThat(tokenizer.decode(new int[] {id})).as("token %d", id).isNotEmpty();
      }
    }
  }

  @Test
  void generatedTextHasNoUnknownTokenAndComesBackExactly() {
    DataSources sources = new DataSources(new FolderInputs(folder));
    try (Tokenizer tokenizer = Tokenizer.builtIn("kind-notes")) {
      sources
          .documents(Sources.of("kind-notes/pretraining", 0, 5000))
          .forEach(document -> assertRoundTrip(tokenizer, document));
      for (String task : new String[] {"kind-notes", "backward"}) {
        for (Row row : sources.rows(Sources.of(task + "/demonstrations", 0, 3000))) {
          assertRoundTrip(tokenizer, row.prompt().text() + "\n");
          assertRoundTrip(tokenizer, row.completion());
        }
      }
      sources
          .prompts(Sources.of("kind-notes/prompts", 3000, 3528))
          .forEach(prompt -> assertRoundTrip(tokenizer, prompt.text() + "\n"));
      sources
          .prompts(Sources.of("backward/prompts", 0, 3120))
          .forEach(prompt -> assertRoundTrip(tokenizer, prompt.facts().get("answer")));
    }
  }

  @Test
  void longTextIsNotCut() {
    try (Tokenizer tokenizer = Tokenizer.builtIn("kind-notes")) {
      assertThat(tokenizer.encode(" soup".repeat(3000))).hasSize(3000);
      assertThat(tokenizer.encode("")).isEmpty();
      assertThat(tokenizer.decode(new int[0])).isEmpty();
    }
  }

  @Test
  void decodingLeavesSpecialTokensOut() {
    try (Tokenizer tokenizer = Tokenizer.builtIn("kind-notes")) {
      int[] ids = tokenizer.encode("The soup was lovely.");
      int[] framed = new int[ids.length + 2];
      System.arraycopy(ids, 0, framed, 1, ids.length);
      framed[ids.length + 1] = tokenizer.eosId();
      assertThat(tokenizer.decode(framed)).isEqualTo("The soup was lovely.");
    }
  }

  @Test
  void filesMakeTheSameTokenizerAgain() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.builtIn("kind-notes")) {
      write(tokenizer.files());
      try (Tokenizer again = Tokenizer.load(folder)) {
        assertThat(again.identity()).isEqualTo(tokenizer.identity());
        assertThat(again.files()).isEqualTo(tokenizer.files());
        assertThat(again.encode("The soup was lovely."))
            .isEqualTo(tokenizer.encode("The soup was lovely."));
      }
      try (Tokenizer again = Tokenizer.load(folder.resolve("tokenizer.json"))) {
        assertThat(again.identity()).isEqualTo(tokenizer.identity());
      }
    }
  }

  @Test
  void theBuiltInOneNeverChanges() {
    try (Tokenizer tokenizer = Tokenizer.builtIn("kind-notes")) {
      Sha256 files = new Sha256();
      tokenizer.files().forEach(files::add);
      assertThat(files.hex())
          .isEqualTo("3d27a3de99c1315d2be3f20df73b7d3a41b938b06d42795caaf2f2188e67d373");
      assertThat(tokenizer.shipped()).isTrue();
    }
  }

  @Test
  void specialTokensMayStandAsObjectsAndPaddingMayBeMissing() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.builtIn("kind-notes")) {
      write(tokenizer.files());
    }
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"bos_token\": {\"content\": \"<bos>\"}, \"eos_token\": \"<eos>\"}");
    Files.delete(folder.resolve("special_tokens_map.json"));
    try (Tokenizer tokenizer = Tokenizer.load(folder)) {
      assertThat(tokenizer.bosId()).isEqualTo(0);
      assertThat(tokenizer.padId()).isEqualTo(tokenizer.eosId()).isEqualTo(1);
    }
  }

  @Test
  void filesAreKeptByteForByte() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.builtIn("kind-notes")) {
      write(tokenizer.files());
    }
    Map<String, String> written =
        Map.of(
            "tokenizer_config.json",
            "{\"eos_token\":   \"<eos>\",\r\n \"x\": 1e3, \"chat_template\": \"old\"}",
            "special_tokens_map.json",
            "{\"bos_token\": \"<bos>\" }",
            "chat_template.jinja",
            "new {{ messages }}\n",
            "tokenizer.model",
            "\u0000\u0001");
    for (Map.Entry<String, String> file : written.entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue());
    }
    Files.createDirectories(folder.resolve("additional_chat_templates"));
    Files.writeString(folder.resolve("additional_chat_templates/tool_use.jinja"), "tools");
    try (Tokenizer tokenizer = Tokenizer.load(folder)) {
      written.forEach(
          (name, text) ->
              assertThat(StandardCharsets.UTF_8.decode(tokenizer.files().get(name)).toString())
                  .isEqualTo(text));
      assertThat(tokenizer.files()).hasSize(6);
      assertThat(tokenizer.bosId()).isZero();
      assertThat(tokenizer.templates().byName())
          .isEqualTo(Map.of("default", "new {{ messages }}\n", "tool_use", "tools"));
      assertThat(tokenizer.shipped()).isFalse();
    }
  }

  @Test
  void whatDiffersBetweenTwoTokenizersIsNamed() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.builtIn("kind-notes")) {
      write(tokenizer.files());
      Path config = folder.resolve("tokenizer_config.json");
      String original = Files.readString(config);
      assertThat(differences(tokenizer, original.replace("\"unk_token\"", "\"other\""))).isEmpty();
      assertThat(differences(tokenizer, original.replace("user and", "user or")))
          .singleElement()
          .asString()
          .startsWith("the chat template (");
      assertThat(
              differences(
                  tokenizer,
                  original.replace("\"pad_token\" : \"<pad>\"", "\"pad_token\" : \"<eos>\"")))
          .singleElement()
          .asString()
          .startsWith("the special tokens (");
      Path vocabulary = folder.resolve("tokenizer.json");
      Files.writeString(vocabulary, Files.readString(vocabulary) + "\n");
      assertThat(differences(tokenizer, original))
          .singleElement()
          .asString()
          .startsWith("tokenizer.json (");
    }
  }

  private java.util.List<String> differences(Tokenizer tokenizer, String config)
      throws IOException {
    Files.writeString(folder.resolve("tokenizer_config.json"), config);
    try (Tokenizer other = Tokenizer.load(folder)) {
      return tokenizer.identity().differences(other.identity());
    }
  }

  @Test
  void whatAFolderLacksIsNamed() throws IOException {
    assertThatThrownBy(() -> Tokenizer.load(folder))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("has no tokenizer.json");
    try (Tokenizer tokenizer = Tokenizer.builtIn("kind-notes")) {
      write(tokenizer.files());
    }
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"eos_token\": \"</s>\"}");
    assertThatThrownBy(() -> Tokenizer.load(folder))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("eos_token");
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"eos_token\": ");
    assertThatThrownBy(() -> Tokenizer.load(folder))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("tokenizer_config.json is not JSON");
  }

  @Test
  void anUnknownNameIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> Tokenizer.builtIn("kind-note"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[kind-notes]");
  }

  @Test
  void loadingOneDoesNotLoadTheTensorLibrary() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Mapped.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("tokens 6").doesNotContain("libtorch");
  }

  /** Prints the native libraries of a process that used a tokenizer. */
  static final class Mapped {
    private Mapped() {}

    public static void main(String[] arguments) throws IOException {
      try (Tokenizer tokenizer = Tokenizer.builtIn("kind-notes")) {
        System.out.println("tokens " + tokenizer.encode("The soup was so lovely.").length);
      }
      Path maps = Path.of("/proc/self/maps");
      if (Files.exists(maps)) {
        Files.readAllLines(maps).stream()
            .filter(l -> l.contains(".so"))
            .forEach(System.out::println);
      }
    }
  }

  private static void assertRoundTrip(Tokenizer tokenizer, String text) {
    int[] ids = tokenizer.encode(text);
    if (Arrays.stream(ids).anyMatch(id -> id <= UNKNOWN) || !tokenizer.decode(ids).equals(text)) {
      throw new AssertionError(text + " -> " + Arrays.toString(ids) + " " + tokenizer.decode(ids));
    }
  }

  private void write(Map<String, ByteBuffer> files) throws IOException {
    for (Map.Entry<String, ByteBuffer> file : files.entrySet()) {
      byte[] bytes = new byte[file.getValue().remaining()];
      file.getValue().get(bytes);
      Files.write(folder.resolve(file.getKey()), bytes);
    }
  }
}

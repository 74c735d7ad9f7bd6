package dev.temper.infra.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.infra.data.FetchedData;
import dev.temper.recipes.DataFiles.Pin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3DataTest {

  @TempDir Path folder;

  @Test
  void fetchesAnObjectAndAFolderOfThemOnceForEachVersion() throws Exception {
    try (S3ProxyServer server =
            S3ProxyServer.start(Files.createDirectory(folder.resolve("server")));
        TestBucket bucket = new TestBucket(server, folder)) {
      Path fetched = folder.resolve("fetched");
      FetchedData data =
          new FetchedData(fetched, Map.of("s3", () -> new S3Data(server.environment())));
      bucket.put("rows/a.jsonl", bytes("a"));
      bucket.put("rows/deep/b.jsonl", bytes("b"));
      String rows = bucket.location() + "/rows/";

      Pin one = data.fetch(new Pin(rows + "a.jsonl", ""));
      assertThat(one.file()).isEqualTo(rows + "a.jsonl");
      assertThat(fetched.resolve(one.sha256())).hasContent("a");

      Pin all = data.fetch(new Pin(rows, ""));
      assertThat(fetched.resolve(all.sha256()).resolve("deep/b.jsonl")).hasContent("b");
      assertThat(data.fetch(new Pin(rows, ""))).isEqualTo(all);

      bucket.put("rows/a.jsonl", bytes("changed"));
      Pin changed = data.fetch(new Pin(rows, ""));
      assertThat(changed.sha256()).isNotEqualTo(all.sha256());
      assertThatThrownBy(() -> data.fetch(new Pin(rows + "a.jsonl", "a".repeat(64))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is not what the recipe says");
      assertThat(data.fetch(one)).isEqualTo(one);

      assertThatThrownBy(() -> data.fetch(new Pin(rows + "none.jsonl", "")))
          .hasMessageContaining("HEAD " + rows + "none.jsonl");
      assertThatThrownBy(() -> data.fetch(new Pin(bucket.location() + "/empty/", "")))
          .hasMessageContaining("holds no object");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

package dev.temper.infra.s3;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.activities.CheckpointManifest;
import dev.temper.activities.StoredFile;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What lies at a checkpoint's path.
 *
 * @param commit under which its files lie
 * @param chunks names of its chunks by SHA-256
 */
record CommittedCheckpoint(String commit, CheckpointManifest manifest, Map<String, String> chunks) {

  /** In those of earlier versions chunks have no names of their own: their SHA-256 is the name. */
  static CommittedCheckpoint read(S3Json json, String path, byte[] bytes) throws IOException {
    ObjectNode tree = json.read(path, bytes, ObjectNode.class);
    if (!tree.has("chunks")) {
      tree.putObject("chunks");
    }
    return json.read(path, json.write(tree), CommittedCheckpoint.class);
  }

  String chunkName(StoredFile chunk) {
    return chunks.getOrDefault(chunk.sha256(), chunk.sha256());
  }

  List<String> chunkNames() {
    return manifest.chunks().stream().map(this::chunkName).toList();
  }
}

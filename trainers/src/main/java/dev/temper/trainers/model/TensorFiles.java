package dev.temper.trainers.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Named tensors in one safetensors file, or in shards with an index that names the file of each.
 *
 * @param stem first part of the file names: {@code model} for {@code model.safetensors}
 * @param shardBytes the most that a shard holds, unless one tensor alone is larger
 */
record TensorFiles(String stem, long shardBytes) {

  /** Shards are made in memory one after another. */
  static final long SHARD_BYTES = 1L << 30;

  private static final String SUFFIX = ".safetensors";
  private static final ObjectMapper JSON = new ObjectMapper();

  TensorFiles(String stem) {
    this(stem, SHARD_BYTES);
  }

  /** The file that holds all, where one does. */
  String single() {
    return stem + SUFFIX;
  }

  private String index() {
    return single() + ".index.json";
  }

  /** Names of the files that {@link #write} makes. */
  Set<String> names(Map<String, StoredTensor> tensors) {
    List<SortedMap<String, StoredTensor>> shards = shards(tensors);
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < shards.size(); i++) {
      names.add(name(i, shards.size()));
    }
    if (shards.size() > 1) {
      names.add(index());
    }
    return names;
  }

  void write(Map<String, StoredTensor> tensors, FileSink out) throws IOException {
    List<SortedMap<String, StoredTensor>> shards = shards(tensors);
    ObjectNode index = JSON.createObjectNode();
    index
        .putObject("metadata")
        .put("total_size", tensors.values().stream().mapToLong(t -> t.count() * Float.BYTES).sum());
    ObjectNode files = index.putObject("weight_map");
    for (int i = 0; i < shards.size(); i++) {
      String name = name(i, shards.size());
      shards.get(i).keySet().forEach(tensor -> files.put(tensor, name));
      out.put(name, SafeTensors.write(shards.get(i)));
    }
    if (shards.size() > 1) {
      byte[] text = (index.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
      out.put(index(), ByteBuffer.wrap(text));
    }
  }

  private String name(int shard, int shards) {
    return shards == 1 ? single() : "%s-%05d-of-%05d%s".formatted(stem, shard + 1, shards, SUFFIX);
  }

  private List<SortedMap<String, StoredTensor>> shards(Map<String, StoredTensor> tensors) {
    List<SortedMap<String, StoredTensor>> shards = new ArrayList<>();
    long filled = Long.MAX_VALUE;
    for (Map.Entry<String, StoredTensor> tensor : new TreeMap<>(tensors).entrySet()) {
      long bytes = tensor.getValue().count() * Float.BYTES;
      if (filled > shardBytes - bytes) {
        shards.add(new TreeMap<>());
        filled = 0;
      }
      shards.get(shards.size() - 1).put(tensor.getKey(), tensor.getValue());
      filled += bytes;
    }
    return shards;
  }

  /** Tensors of a folder. */
  Map<String, StoredTensor> read(Path folder) throws IOException {
    boolean sharded = Files.exists(folder.resolve(index()));
    boolean whole = Files.exists(folder.resolve(single()));
    String origin = String.valueOf(folder.getFileName());
    if (whole && sharded) {
      throw refused(
          "%s has both %s and %s: which holds its weights?".formatted(origin, single(), index()));
    }
    if (!whole && !sharded) {
      throw refused(
          "%s has neither %s nor %s; Temper reads no other format of weights"
              .formatted(origin, single(), index()));
    }
    return sharded
        ? sharded(
            origin + "/" + index(),
            Files.readAllBytes(folder.resolve(index())),
            name -> Files.exists(folder.resolve(name)),
            name -> SafeTensors.read(folder.resolve(name)))
        : SafeTensors.read(folder.resolve(single()));
  }

  /** Tensors of a checkpoint. */
  Map<String, StoredTensor> read(CheckpointReader from, String prefix) throws IOException {
    if (!from.paths().contains(prefix + index())) {
      return SafeTensors.read(prefix + single(), from.read(prefix + single()));
    }
    ByteBuffer text = from.read(prefix + index());
    byte[] bytes = new byte[text.remaining()];
    text.get(bytes);
    return sharded(
        prefix + index(),
        bytes,
        name -> from.paths().contains(prefix + name),
        name -> SafeTensors.read(prefix + name, from.read(prefix + name)));
  }

  /** Whether there is a file. */
  private interface Present {
    boolean test(String name) throws IOException;
  }

  private interface Shard {
    Map<String, StoredTensor> read(String name) throws IOException;
  }

  private static Map<String, StoredTensor> sharded(
      String origin, byte[] text, Present present, Shard shard) throws IOException {
    SortedMap<String, Set<String>> byFile = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : weightMap(origin, text).properties()) {
      String file = entry.getValue().asText();
      // A name that leads out of the folder is no shard.
      if (!file.endsWith(SUFFIX) || file.contains("/") || file.contains("\\")) {
        throw corrupt(
            "%s: %s must be in a %s file beside it, got '%s'"
                .formatted(origin, entry.getKey(), SUFFIX, file));
      }
      byFile.computeIfAbsent(file, f -> new TreeSet<>()).add(entry.getKey());
    }
    Map<String, StoredTensor> all = new TreeMap<>();
    for (Map.Entry<String, Set<String>> file : byFile.entrySet()) {
      if (!present.test(file.getKey())) {
        throw corrupt(
            "%s names %s for %d tensors, and there is no such file"
                .formatted(origin, file.getKey(), file.getValue().size()));
      }
      Map<String, StoredTensor> found = shard.read(file.getKey());
      if (!found.keySet().equals(file.getValue())) {
        Set<String> missing = new TreeSet<>(file.getValue());
        missing.removeAll(found.keySet());
        Set<String> more = new TreeSet<>(found.keySet());
        more.removeAll(file.getValue());
        throw corrupt(
            "%s and %s disagree: missing tensors %s, tensors that the index places elsewhere or nowhere %s"
                .formatted(origin, file.getKey(), missing, more));
      }
      all.putAll(found);
    }
    return all;
  }

  private static JsonNode weightMap(String origin, byte[] text) {
    JsonNode map;
    try {
      map = JSON.readTree(text).path("weight_map");
    } catch (IOException e) {
      throw new StageFailure(StageFailure.Type.ARTIFACT_CORRUPT, origin + " is no JSON", e);
    }
    if (!map.isObject() || map.isEmpty()) {
      throw corrupt(origin + " must have a weight_map from tensors to files");
    }
    return map;
  }

  private static StageFailure corrupt(String message) {
    return new StageFailure(StageFailure.Type.ARTIFACT_CORRUPT, message);
  }

  private static StageFailure refused(String message) {
    return new StageFailure(StageFailure.Type.INVALID_SPEC, message);
  }
}

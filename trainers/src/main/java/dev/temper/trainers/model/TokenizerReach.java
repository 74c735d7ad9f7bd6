package dev.temper.trainers.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The largest id of the tokenizer that lies beside a model, read without building a tree. */
final class TokenizerReach {

  private static final String FILE = "tokenizer.json";
  private static final JsonFactory JSON = new JsonFactory();

  private TokenizerReach() {}

  /** Fails where text could give ids that the model has no embedding for. */
  static void require(Path folder, int vocabSize) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return;
    }
    long largest = largest(file);
    if (largest >= vocabSize) {
      throw new StageFailure(
          StageFailure.Type.INVALID_SPEC,
          "%s cannot be loaded: vocab_size in config.json must be more than the largest id in %s, got %d and %d"
              .formatted(folder.getFileName(), FILE, vocabSize, largest));
    }
  }

  private static long largest(Path file) throws IOException {
    long largest = -1;
    try (JsonParser json = JSON.createParser(file.toFile())) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        if (name.equals("added_tokens") && value == JsonToken.START_ARRAY) {
          largest = Math.max(largest, added(json));
        } else if (name.equals("model") && value == JsonToken.START_OBJECT) {
          largest = Math.max(largest, model(json));
        } else {
          json.skipChildren();
        }
      }
    }
    return largest;
  }

  private static long added(JsonParser json) throws IOException {
    long largest = -1;
    while (json.nextToken() == JsonToken.START_OBJECT) {
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        largest = name.equals("id") ? Math.max(largest, json.getValueAsLong(-1)) : largest;
        json.skipChildren();
      }
    }
    return largest;
  }

  private static long model(JsonParser json) throws IOException {
    long largest = -1;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (!name.equals("vocab")) {
        json.skipChildren();
      } else if (value == JsonToken.START_OBJECT) {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          json.nextToken();
          largest = Math.max(largest, json.getValueAsLong(-1));
        }
      } else {
        // Unigram models keep a list of [token, score] instead.
        while (json.nextToken() == JsonToken.START_ARRAY) {
          json.skipChildren();
          largest++;
        }
      }
    }
    return largest;
  }
}

package dev.temper.trainers.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.recipes.LoraSpec;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes {@code adapter_config.json} as PEFT reads it. */
final class PeftConfig {

  private static final ObjectMapper JSON = new ObjectMapper();

  private PeftConfig() {}

  /**
   * The text of the file.
   *
   * @param score whether the adapter is of a model with a score head, which it brings with it
   */
  static ByteBuffer write(LoraSpec spec, boolean score) {
    ObjectNode config = JSON.createObjectNode();
    config.put("peft_type", "LORA");
    config.put("task_type", score ? "SEQ_CLS" : "CAUSAL_LM");
    if (score) {
      config.putArray("modules_to_save").add("score");
    }
    config.put("r", spec.rank());
    config.put("lora_alpha", spec.alpha());
    config.put("use_rslora", spec.rankStabilized());
    config.put("lora_dropout", 0.0);
    config.put("bias", "none");
    config.put("fan_in_fan_out", false);
    config.put("inference_mode", true);
    // The model that it belongs to has no name; whoever loads it gives it.
    config.putNull("base_model_name_or_path");
    spec.targets().forEach(config.putArray("target_modules")::add);
    try {
      return StandardCharsets.UTF_8.encode(
          JSON.writerWithDefaultPrettyPrinter().writeValueAsString(config) + "\n");
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}

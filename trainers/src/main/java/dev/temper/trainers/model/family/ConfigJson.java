package dev.temper.trainers.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The fields of one {@code config.json}, which of them were read, and what is wrong with them. */
final class ConfigJson {

  /**
   * Change nothing in what Temper computes. Old files also hold every setting of generation, which
   * a recipe has of its own.
   */
  private static final Set<String> HARMLESS =
      Set.of(
          ("model_type architectures _name_or_path _attn_implementation_autoset attention_dropout"
                  + " cache_implementation dtype id2label initializer_range is_decoder"
                  + " is_llama_config label2id neftune_noise_alpha num_labels output_attentions"
                  + " output_hidden_states output_scores prefix pretraining_tp problem_type"
                  + " remove_invalid_values return_dict return_dict_in_generate sep_token_id"
                  + " task_specific_params tf_legacy_loss tokenizer_class torch_dtype torchscript"
                  + " transformers.js_config transformers_version unsloth_fixed unsloth_version"
                  + " use_bfloat16 use_cache chunk_size_feed_forward finetuning_task"
                  + " bad_words_ids begin_suppress_tokens diversity_penalty do_sample"
                  + " early_stopping encoder_no_repeat_ngram_size exponential_decay_length_penalty"
                  + " forced_bos_token_id forced_eos_token_id length_penalty max_length min_length"
                  + " no_repeat_ngram_size num_beam_groups num_beams num_return_sequences"
                  + " repetition_penalty suppress_tokens temperature top_k top_p typical_p")
              .split(" "));

  private final ObjectNode json;
  private final Set<String> read;
  private final List<String> problems;

  ConfigJson(ObjectNode json) {
    this(json, new HashSet<>(HARMLESS), new ArrayList<>());
  }

  private ConfigJson(ObjectNode json, Set<String> read, List<String> problems) {
    this.json = json;
    this.read = read;
    this.problems = problems;
  }

  /** The same fields but one, sharing what was read and what is wrong. */
  ConfigJson without(String name) {
    ObjectNode fewer = json.deepCopy();
    fewer.remove(name);
    return new ConfigJson(fewer, read, problems);
  }

  boolean has(String name) {
    read.add(name);
    return json.hasNonNull(name);
  }

  JsonNode node(String name) {
    read.add(name);
    return json.path(name);
  }

  void problem(String problem) {
    problems.add(problem);
  }

  /** A whole number in [1, largest]; no memory is asked for before it is compared to the file. */
  int whole(String name, int largest) {
    JsonNode value = node(name);
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.asInt() < 1
        || value.asInt() > largest) {
      problem("%s must be a whole number in [1, %d], got %s".formatted(name, largest, shown(name)));
      return 1;
    }
    return value.asInt();
  }

  int whole(String name, int largest, int otherwise) {
    return has(name) ? whole(name, largest) : otherwise;
  }

  double positive(String name, double otherwise) {
    if (!has(name)) {
      return otherwise;
    }
    JsonNode value = node(name);
    if (!value.isNumber() || !(value.asDouble() > 0) || Double.isInfinite(value.asDouble())) {
      problem("%s must be a number > 0, got %s".formatted(name, shown(name)));
      return 1;
    }
    return value.asDouble();
  }

  boolean flag(String name, boolean otherwise) {
    if (has(name) && !node(name).isBoolean()) {
      problem("%s must be true or false, got %s".formatted(name, shown(name)));
    }
    return node(name).asBoolean(otherwise);
  }

  /** A field that may be left out, and that must else be one of some texts. */
  String choice(String name, String... accepted) {
    if (!has(name)) {
      return accepted[0];
    }
    String value = node(name).isTextual() ? node(name).asText() : node(name).toString();
    if (!Arrays.asList(accepted).contains(value)) {
      problem(
          "%s must be %s, got %s"
              .formatted(
                  name,
                  accepted.length == 1 ? accepted[0] : "one of " + Arrays.toString(accepted),
                  value));
    }
    return value;
  }

  /** Token ids of a field that holds one, a list, or nothing. */
  List<Integer> tokens(String name) {
    List<Integer> ids = new ArrayList<>();
    if (has(name)) {
      JsonNode value = node(name);
      for (JsonNode id : value.isArray() ? value : List.of(value)) {
        if (!id.isIntegralNumber() || !id.canConvertToInt() || id.asInt() < -1) {
          problem("%s must be a token id or a list of them, got %s".formatted(name, value));
          return List.of();
        }
        // Some files say -1 for none.
        if (id.asInt() >= 0) {
          ids.add(id.asInt());
        }
      }
    }
    return ids;
  }

  /** Everything that is wrong, and every field that was never read. */
  List<String> problems() {
    List<String> all = new ArrayList<>(problems);
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (!read.contains(name) && json.hasNonNull(name)) {
                all.add("%s is not known, got %s".formatted(name, shown(name)));
              }
            });
    return all;
  }

  private String shown(String name) {
    return json.has(name) ? json.get(name).toString() : "none";
  }
}

package dev.temper.trainers.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * An {@code adapter_config.json} of PEFT: which modules its adapters change, and how much.
 *
 * <p>A field that is neither read nor known to change nothing is a problem, as one that changes the
 * mathematics looks like one that does not.
 */
final class PeftSettings {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a list of modules means that is this word. */
  private static final String ALL_LINEAR = "all-linear";

  private static final String HEAD = "lm_head";

  /** PEFT's own: the first number in a module's path is its layer. */
  private static final String ANY_LAYER = ".*?\\.[^.]*\\.(?<layer>\\d+)\\..*";

  /** Change nothing in {@code W + scale * B A}. */
  private static final Set<String> HARMLESS =
      Set.of(
          ("auto_mapping base_model_name_or_path eva_config inference_mode lora_dropout"
                  + " megatron_core peft_version qalora_group_size revision runtime_config"
                  + " ensure_weight_tying")
              .split(" "));

  /** Ways to begin that leave the base weights alone; the others change them at every load. */
  private static final Set<String> BEGINNINGS =
      Set.of("true", "false", "gaussian", "eva", "orthogonal");

  private static final Set<String> READ =
      Set.of(
          ("peft_type task_type r lora_alpha use_rslora rank_pattern alpha_pattern target_modules"
                  + " exclude_modules modules_to_save layers_to_transform layers_pattern bias"
                  + " init_lora_weights")
              .split(" "));

  private final JsonNode json;
  private final List<String> problems = new ArrayList<>();
  private final Map<String, Pattern> patterns = new TreeMap<>();

  private PeftSettings(JsonNode json) {
    this.json = json;
    require("peft_type", "LORA", "LORA");
    require("task_type", "CAUSAL_LM", "CAUSAL_LM");
    require("bias", "none", "none");
    String begun = json.path("init_lora_weights").asText("true");
    if (!BEGINNINGS.contains(begun)) {
      problems.add("init_lora_weights must be one of %s, got '%s'".formatted(BEGINNINGS, begun));
    }
    requirePositive("r");
    requirePositive("lora_alpha");
    json.path("rank_pattern").forEach(value -> requirePositive("rank_pattern", value));
    json.path("alpha_pattern").forEach(value -> requirePositive("alpha_pattern", value));
    for (String module : strings("modules_to_save")) {
      if (!module.equals(HEAD)) {
        problems.add("modules_to_save must be [%s] or nothing, got '%s'".formatted(HEAD, module));
      }
    }
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (!READ.contains(name) && !HARMLESS.contains(name) && isSet(json.get(name))) {
                problems.add(
                    "%s must be left out (Temper cannot merge it), got %s"
                        .formatted(name, json.get(name)));
              }
            });
  }

  /** Reads the text of the file; what is wrong with it is in {@link #problems}. */
  static PeftSettings read(byte[] text) {
    try {
      JsonNode json = JSON.readTree(text);
      if (json != null && json.isObject()) {
        return new PeftSettings(json);
      }
    } catch (IOException e) {
      // said below
    }
    PeftSettings none = new PeftSettings(JsonNodeFactory.instance.objectNode());
    none.problems.clear();
    none.problems.add("adapter_config.json must be a JSON object");
    return none;
  }

  List<String> problems() {
    return problems;
  }

  private void require(String field, String wanted, String byDefault) {
    String found = json.path(field).asText(byDefault);
    if (json.hasNonNull(field) && !found.equals(wanted)) {
      problems.add("%s must be '%s', got '%s'".formatted(field, wanted, found));
    }
  }

  private void requirePositive(String field) {
    requirePositive(field, json.path(field));
  }

  private void requirePositive(String field, JsonNode value) {
    boolean rank = field.startsWith("r");
    if (!value.isNumber() || !(value.asDouble() > 0) || (rank && !value.isIntegralNumber())) {
      problems.add(
          "%s must be %s above 0, got %s"
              .formatted(
                  field,
                  rank ? "a whole number" : "a number",
                  value.isMissingNode() ? "none" : value));
    }
  }

  private static boolean isSet(JsonNode value) {
    return value.isContainerNode()
        ? !value.isEmpty()
        : !value.isNull() && !(value.isBoolean() && !value.asBoolean());
  }

  /** A field that holds one text, a list of texts, or nothing. */
  private List<String> strings(String field) {
    JsonNode value = json.path(field);
    List<String> texts = new ArrayList<>();
    if (value.isTextual()) {
      texts.add(value.asText());
    }
    if (value.isArray()) {
      value.forEach(item -> texts.add(item.asText()));
    }
    return texts;
  }

  /** Whether the head was trained as a whole and is part of the adapter. */
  boolean savesHead() {
    return strings("modules_to_save").contains(HEAD);
  }

  int rank(String module) {
    return patterned("rank_pattern", module, json.path("r")).asInt();
  }

  /** What {@code B A} is multiplied by. */
  double scale(String module) {
    double alpha = patterned("alpha_pattern", module, json.path("lora_alpha")).asDouble();
    int rank = rank(module);
    return alpha / (json.path("use_rslora").asBoolean() ? Math.sqrt(rank) : rank);
  }

  /** The first pattern that is the end of a module's path. */
  private JsonNode patterned(String field, String module, JsonNode otherwise) {
    for (Map.Entry<String, JsonNode> entry : json.path(field).properties()) {
      if (pattern("(.*\\.)?(" + entry.getKey() + ")").matcher(module).matches()) {
        return entry.getValue();
      }
    }
    return otherwise;
  }

  /** Whether a module, for example {@code model.layers.0.self_attn.q_proj}, has an adapter. */
  boolean targets(String module) {
    if (matches("exclude_modules", module) || (savesHead() && module.equals(HEAD))) {
      return false;
    }
    if (json.path("target_modules").asText("").equalsIgnoreCase(ALL_LINEAR)) {
      return !module.equals(HEAD);
    }
    return matches("target_modules", module) && (isPattern("target_modules") || inLayer(module));
  }

  private boolean isPattern(String field) {
    return json.path(field).isTextual();
  }

  private boolean matches(String field, String module) {
    return isPattern(field)
        ? pattern(json.get(field).asText()).matcher(module).matches()
        : strings(field).stream().anyMatch(end -> ("." + module).endsWith("." + end));
  }

  private boolean inLayer(String module) {
    JsonNode layers = json.path("layers_to_transform");
    if (!isSet(layers) || layers.isMissingNode()) {
      return true;
    }
    List<Integer> chosen = new ArrayList<>();
    (layers.isArray() ? layers : List.of(layers)).forEach(layer -> chosen.add(layer.asInt()));
    List<String> names = strings("layers_pattern");
    List<String> places =
        names.isEmpty()
            ? List.of(ANY_LAYER)
            : names.stream().map(name -> "(?:.*?\\.)?" + name + "\\.(?<layer>\\d+)\\..*").toList();
    for (String place : places) {
      Matcher matcher = pattern(place).matcher(module);
      if (matcher.matches()) {
        return chosen.contains(Integer.valueOf(matcher.group("layer")));
      }
    }
    return false;
  }

  private Pattern pattern(String text) {
    return patterns.computeIfAbsent(
        text,
        any -> {
          try {
            return Pattern.compile(text);
          } catch (PatternSyntaxException e) {
            problems.add("'%s' must be a regular expression: %s".formatted(text, e.getMessage()));
            return Pattern.compile("(?!)");
          }
        });
  }
}

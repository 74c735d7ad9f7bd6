package dev.temper.trainers.model;

import dev.temper.recipes.NearestName;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A LoRA adapter as PEFT saves it, checked against the model that it is for. */
final class PeftAdapter {

  private static final String CONFIG = "adapter_config.json";
  private static final String PREFIX = "base_model.model.";
  private static final String SUFFIX = ".weight";
  private static final String A = ".lora_A" + SUFFIX;
  private static final String B = ".lora_B" + SUFFIX;

  private final Map<String, Delta> deltas = new TreeMap<>();
  private final Map<String, StoredTensor> replaced = new TreeMap<>();

  private PeftAdapter() {}

  /**
   * What is added to one matrix: {@code scale * B A}.
   *
   * @param a {@code [rank, in]}
   * @param b {@code [out, rank]}
   */
  record Delta(StoredTensor a, StoredTensor b, double scale) {}

  /**
   * Reads a folder.
   *
   * @param model what the model is made of
   * @throws StageFailure InvalidSpec naming everything that cannot be merged
   */
  static PeftAdapter read(Path folder, List<Parameter> model) throws IOException {
    TensorFiles files = new TensorFiles("adapter_model");
    if (!Files.exists(folder.resolve(CONFIG))) {
      throw refused(folder, List.of("it has no " + CONFIG));
    }
    PeftSettings settings = PeftSettings.read(Files.readAllBytes(folder.resolve(CONFIG)));
    List<String> problems = settings.problems();
    if (!Files.exists(folder.resolve(files.single()))) {
      problems.add("it has no " + files.single() + ", and Temper reads no other format");
      throw refused(folder, problems);
    }
    PeftAdapter adapter = new PeftAdapter();
    if (problems.isEmpty()) {
      adapter.take(SafeTensors.read(folder.resolve(files.single())), settings, model, problems);
    }
    if (!problems.isEmpty()) {
      throw refused(folder, problems);
    }
    return adapter;
  }

  private void take(
      Map<String, StoredTensor> tensors,
      PeftSettings settings,
      List<Parameter> model,
      List<String> problems) {
    Map<String, StoredTensor> left = new TreeMap<>(tensors);
    Map<String, long[]> matrices = matrices(model);
    for (Map.Entry<String, long[]> matrix : matrices.entrySet()) {
      String module = matrix.getKey();
      StoredTensor a = left.remove(PREFIX + module + A);
      StoredTensor b = left.remove(PREFIX + module + B);
      if (!settings.targets(module)) {
        if (a != null || b != null) {
          problems.add(module + " has an adapter, and target_modules do not name it");
        }
        continue;
      }
      int rank = settings.rank(module);
      long[] shape = matrix.getValue();
      boolean good = fits(module + A, a, new long[] {rank, shape[1]}, problems);
      good &= fits(module + B, b, new long[] {shape[0], rank}, problems);
      if (good) {
        deltas.put(module, new Delta(a, b, settings.scale(module)));
      }
    }
    // With an adapter on the head PEFT saves the head, too.
    String beside = PREFIX + module(Parameter.LANGUAGE_MODEL) + ".base_layer" + SUFFIX;
    if (settings.savesHead()) {
      takeHead(left.remove(PREFIX + Parameter.LANGUAGE_MODEL), matrices, problems);
    } else if (left.containsKey(beside)) {
      takeHead(left.remove(beside), matrices, problems);
    }
    refuseOthers(left.keySet(), matrices.keySet(), problems);
    if (deltas.isEmpty() && replaced.isEmpty() && problems.isEmpty()) {
      problems.add("target_modules name no matrix of the model");
    }
  }

  private void takeHead(StoredTensor head, Map<String, long[]> matrices, List<String> problems) {
    String module = module(Parameter.LANGUAGE_MODEL);
    long[] shape = matrices.get(module);
    if (shape == null) {
      problems.add(
          "it brings a %s, which the model has not of its own: its head is tied to the embedding"
              .formatted(module));
    } else if (fits(Parameter.LANGUAGE_MODEL, head, shape, problems)) {
      replaced.put(Parameter.LANGUAGE_MODEL, head);
    }
  }

  private static boolean fits(
      String name, StoredTensor tensor, long[] wanted, List<String> problems) {
    if (tensor == null) {
      problems.add("%s must have shape %s, got none".formatted(name, Arrays.toString(wanted)));
      return false;
    }
    try {
      tensor.require(wanted);
      return true;
    } catch (StageFailure e) {
      problems.add(e.getMessage());
      return false;
    }
  }

  private static void refuseOthers(Set<String> tensors, Set<String> known, List<String> problems) {
    Set<String> modules = new TreeSet<>();
    for (String tensor : tensors) {
      boolean lora = tensor.startsWith(PREFIX) && (tensor.endsWith(A) || tensor.endsWith(B));
      modules.add(lora ? tensor.substring(PREFIX.length(), tensor.length() - A.length()) : tensor);
    }
    modules.forEach(
        module ->
            problems.add(
                "%s is no matrix of the model that can have an adapter%s"
                    .formatted(module, NearestName.hint(module, known))));
  }

  /** Shape by module of every matrix but the embedding. */
  private static Map<String, long[]> matrices(List<Parameter> model) {
    Map<String, long[]> matrices = new LinkedHashMap<>();
    for (Parameter parameter : model.subList(1, model.size())) {
      for (Parameter.Part part : parameter.parts()) {
        if (parameter.matrix() && part.name().endsWith(SUFFIX)) {
          matrices.put(module(part.name()), part.shape(parameter.columns()).getShape());
        }
      }
    }
    return matrices;
  }

  private static String module(String tensor) {
    return tensor.substring(0, tensor.length() - SUFFIX.length());
  }

  /** What is added to a tensor of the checkpoint. */
  Optional<Delta> delta(String tensor) {
    return tensor.endsWith(SUFFIX)
        ? Optional.ofNullable(deltas.get(module(tensor)))
        : Optional.empty();
  }

  /** What stands in place of a tensor of the checkpoint. */
  Optional<StoredTensor> replacement(String tensor) {
    return Optional.ofNullable(replaced.get(tensor));
  }

  /** Matrices that it changes. */
  int size() {
    return deltas.size() + replaced.size();
  }

  private static StageFailure refused(Path folder, List<String> problems) {
    return new StageFailure(
        StageFailure.Type.INVALID_SPEC,
        "adapter %s cannot be merged (%d): %s"
            .formatted(folder.getFileName(), problems.size(), String.join("; ", problems)));
  }
}

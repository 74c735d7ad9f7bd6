package dev.temper.trainers.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.recipes.LoraSpec;
import dev.temper.recipes.NearestName;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.random.NamedRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Trains low-rank adapters; the model's weights are always their base plus the adapters.
 *
 * <p>Source: Hu et al., arXiv:2106.09685, section 4.1, without dropout: {@code W = W0 + scale * B
 * A} with {@code A [rank, in]}, {@code B [out, rank]}, so that {@code dA = scale * B^T dW} and
 * {@code dB = scale * dW A^T}. The programs of the model do not know of it: gradients are those of
 * whole weights, and are turned into those of the adapters, which is exact. It saves the memory of
 * the optimizer's state, and not that of gradients; the base is kept beside the weights, since
 * taking the adapters off again would round.
 *
 * <p>At the start {@code A} is uniform in {@code +-1 / sqrt(in)}, as in PEFT, and {@code B} is 0. A
 * score head is trained as a whole: it was not there before.
 */
final class LowRank implements Trained {

  private static final String FILE = "adapter.safetensors";
  private static final String PEFT = "base_model.model.";
  private static final String BASE = "base.safetensors";
  private static final String SUFFIX = ".weight";

  /** One matrix of the checkpoint that has an adapter. */
  private record Place(String module, int weight, int base, int first, int rows, int columns) {}

  private final Transformer transformer;
  private final LoraSpec spec;
  private final Program program;
  private final NDManager manager;
  private final List<Place> places = new ArrayList<>();
  private final List<Integer> whole = new ArrayList<>();
  private final NDList base = new NDList();
  private final NDList a = new NDList();
  private final NDList b = new NDList();
  private final NDArray placesArray;

  LowRank(Transformer transformer, LoraSpec spec, NamedRandom random, NDManager manager) {
    this.transformer = transformer;
    this.spec = spec;
    this.manager = manager;
    this.program = Program.load(manager, "lowrank.py", "LowRank", Map.of());
    findPlaces();
    for (Place place : places) {
      FloatBuffer values = FloatBuffer.allocate(spec.rank() * place.columns());
      double bound = 1 / Math.sqrt(place.columns());
      long subject = Initialization.hash(place.module());
      for (int i = 0; values.hasRemaining(); i++) {
        values.put((float) (bound * (2 * random.uniformDouble(i, subject, 0, 0) - 1)));
      }
      a.add(owned(values.flip(), new Shape(spec.rank(), place.columns())));
      b.add(manager.zeros(new Shape(place.rows(), spec.rank())));
    }
    long[] numbers = new long[places.size() * 4];
    for (int i = 0; i < places.size(); i++) {
      Place place = places.get(i);
      numbers[i * 4] = place.weight();
      numbers[i * 4 + 1] = place.base();
      numbers[i * 4 + 2] = place.first();
      numbers[i * 4 + 3] = place.rows();
    }
    this.placesArray = manager.create(numbers, new Shape(places.size(), 4));
  }

  /** A tensor in memory that libtorch allocated. */
  private NDArray owned(FloatBuffer values, Shape shape) {
    try (NDArray read = manager.create(values, shape)) {
      return read.duplicate();
    }
  }

  private void findPlaces() {
    Set<String> there = new TreeSet<>();
    Set<String> found = new TreeSet<>();
    for (int i = 0; i < transformer.parameters().size(); i++) {
      Parameter parameter = transformer.parameters().get(i);
      if (parameter.name().equals(Parameter.SCORE)) {
        whole.add(i);
        continue;
      }
      int first = 0;
      boolean adapted = false;
      for (Parameter.Part part : parameter.parts()) {
        if (parameter.matrix() && part.name().startsWith("model.layers.")) {
          String module = part.name().substring(0, part.name().length() - SUFFIX.length());
          String last = module.substring(module.lastIndexOf('.') + 1);
          there.add(last);
          if (spec.targets().contains(last)) {
            found.add(last);
            adapted = true;
            places.add(new Place(module, i, base.size(), first, part.rows(), parameter.columns()));
          }
        }
        first += part.rows();
      }
      if (adapted) {
        NDArray weight = transformer.weights().get(i);
        base.add(owned(Transformer.floats(weight), weight.getShape()));
      }
    }
    for (String target : spec.targets()) {
      if (!found.contains(target)) {
        throw new StageFailure(
            StageFailure.Type.INVALID_SPEC,
            "lora.targets must name matrices of the model's layers %s, got '%s'%s"
                .formatted(there, target, NearestName.hint(target, there)));
      }
    }
  }

  @Override
  public List<Trainable> tensors() {
    List<Trainable> tensors = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      tensors.add(new Trainable(places.get(i).module() + ".lora_A" + SUFFIX, a.get(i)));
    }
    for (int i = 0; i < places.size(); i++) {
      tensors.add(new Trainable(places.get(i).module() + ".lora_B" + SUFFIX, b.get(i)));
    }
    for (int i : whole) {
      tensors.add(
          new Trainable(transformer.parameters().get(i).name(), transformer.weights().get(i)));
    }
    return tensors;
  }

  @Override
  public NDList gradients(NDManager scope, NDList ofWeights) {
    NDList gradients =
        program.call(
            scope, "gradients", false, ofWeights, a, b, placesArray, scope.create(spec.scale()));
    for (int i : whole) {
      gradients.add(ofWeights.get(i));
    }
    return gradients;
  }

  @Override
  public void updated(NDManager scope) {
    program.call(
        scope,
        "merge",
        false,
        transformer.weights(),
        base,
        a,
        b,
        placesArray,
        scope.create(spec.scale()));
    transformer.changed();
  }

  @Override
  public void save(CheckpointWriter out, String prefix) throws IOException {
    out.put(prefix + FILE, SafeTensors.write(stored("")));
    out.putOnce(prefix + BASE, () -> SafeTensors.write(storedBase()));
  }

  private Map<String, StoredTensor> storedBase() {
    Map<String, StoredTensor> stored = new TreeMap<>();
    for (int i = 0; i < base.size(); i++) {
      stored.put("base." + i, stored(base.get(i)));
    }
    return stored;
  }

  private Map<String, StoredTensor> stored(String prefix) {
    Map<String, StoredTensor> stored = new TreeMap<>();
    for (int i = 0; i < places.size(); i++) {
      String module = prefix + places.get(i).module();
      stored.put(module + ".lora_A" + SUFFIX, stored(a.get(i)));
      stored.put(module + ".lora_B" + SUFFIX, stored(b.get(i)));
    }
    return stored;
  }

  private static StoredTensor stored(NDArray array) {
    return new StoredTensor(array.getShape().getShape(), Transformer.floats(array));
  }

  @Override
  public void restore(CheckpointReader from, String prefix) throws IOException {
    Map<String, StoredTensor> adapter = SafeTensors.read(prefix + FILE, from.read(prefix + FILE));
    Map<String, StoredTensor> bases =
        SafeTensors.read(prefix + "base.safetensors", from.read(prefix + "base.safetensors"));
    for (int i = 0; i < places.size(); i++) {
      String module = places.get(i).module();
      copy(adapter, module + ".lora_A" + SUFFIX, a.get(i));
      copy(adapter, module + ".lora_B" + SUFFIX, b.get(i));
    }
    for (int i = 0; i < base.size(); i++) {
      copy(bases, "base." + i, base.get(i));
    }
  }

  /** In place: optimizer and programs hold the tensor itself. */
  private void copy(Map<String, StoredTensor> stored, String name, NDArray to) {
    StoredTensor tensor = stored.get(name);
    if (tensor == null || tensor.count() != to.size()) {
      throw new StageFailure(
          StageFailure.Type.ARTIFACT_CORRUPT,
          "%s: %s must have shape %s".formatted(FILE, name, to.getShape()));
    }
    try (NDManager scope = manager.newSubManager()) {
      NDArray read = scope.create(tensor.values(), to.getShape());
      program.call(scope, "copy", false, to, read);
    }
  }

  @Override
  public Map<String, ByteBuffer> adapter() {
    Map<String, ByteBuffer> files = new TreeMap<>();
    Map<String, StoredTensor> tensors = stored(PEFT);
    for (int i : whole) {
      tensors.put(
          PEFT + transformer.parameters().get(i).name(), stored(transformer.weights().get(i)));
    }
    files.put("adapter_model.safetensors", SafeTensors.write(tensors));
    files.put("adapter_config.json", PeftConfig.write(spec, !whole.isEmpty()));
    return files;
  }
}

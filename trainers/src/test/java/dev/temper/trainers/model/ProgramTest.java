package dev.temper.trainers.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.temper.recipes.Numerics;
import dev.temper.trainers.Compute;
import dev.temper.trainers.StageFailure;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgramTest {

  /** Operations that make a tensor out of nothing, and need to be told where. */
  private static final Pattern CREATION =
      Pattern.compile(
          "torch\\.(arange|zeros|ones|full|empty|eye|tensor|linspace|rand|randn|randint|randperm"
              + "|tril_indices|triu_indices|scalar_tensor)\\(");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "transformer.py",
        "generation.py",
        "adamw.py",
        "adafactor.py",
        "average.py",
        "gradients.py",
        "lowrank.py"
      })
  void everyCreationNamesItsDevice(String resource) {
    String text = Program.text(resource);
    Matcher creation = CREATION.matcher(text);
    while (creation.find()) {
      assertThat(call(text, creation.end())).as(creation.group()).contains("device=");
    }
  }

  @Test
  void theScanSeesCreations() {
    assertThat(CREATION.matcher(Program.text("transformer.py")).results().count()).isGreaterThan(3);
    assertThat(call("torch.zeros([f(1)], x) + device=", 12)).isEqualTo("[f(1)], x");
  }

  /** What stands between a parenthesis, already read, and the one that closes it. */
  private static String call(String text, int from) {
    int depth = 1;
    int to = from;
    while (depth > 0) {
      char c = text.charAt(to++);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    }
    return text.substring(from, to - 1);
  }

  @Test
  void aFailedCallNamesTheLineAndTheNextCallWorks() {
    try (Compute compute = new Compute(1);
        NDManager manager = new Engine(compute).newManager()) {
      Program program = Program.load(manager, "gradients.py", "Gradients", Map.of());
      NDArray totals = manager.create(new float[] {3, 4});
      NDArray other = manager.create(new float[] {1, 2, 3});
      assertThatThrownBy(
              () -> program.call(manager, "accumulate", false, list(totals), list(other)))
          .isInstanceOf(EngineException.class)
          .hasMessageContaining("_foreach_add_");
      assertThat(program.call(manager, "norm", false, list(totals)).head().getFloat()).isEqualTo(5);
    }
  }

  private static NDList list(NDArray array) {
    return new NDList(array);
  }

  @Test
  void unknownNumericsAreRefused() {
    try (Compute compute = new Compute(1)) {
      assertThatThrownBy(() -> new Engine(compute, new Numerics("float8", "cpu")))
          .isInstanceOf(StageFailure.class)
          .hasMessage("numerics.format must be one of [float32, bfloat16], got 'float8'");
      assertThatThrownBy(() -> new Engine(compute, new Numerics("float32", "tpu")))
          .hasMessage("numerics.device must be one of [cpu, cuda], got 'tpu'");
    }
  }
}

package dev.temper.trainers.method;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.recipes.Method;
import dev.temper.trainers.random.NamedRandom;
import dev.temper.trainers.selection.Selections;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/** The selected completions. */
final class SelectionEvaluation implements Evaluation {

  @Override
  public JsonNode evaluate(Method method, Input input) {
    input.require(List.of("rewards"), List.of("k", "seed", "eligible"));
    double[][] rewards = input.lists("rewards");
    OptionalInt k = input.whole("k").map(OptionalInt::of).orElse(OptionalInt.empty());
    NamedRandom random = new NamedRandom(input.whole("seed").orElse(0), "selection");
    List<int[]> selected =
        Selections.create(method)
            .select(
                rewards, input.has("eligible") ? input.flags("eligible") : all(rewards), k, random);
    ObjectNode output = Output.object();
    ArrayNode pairs = output.putArray("selected");
    selected.forEach(pair -> pairs.addArray().add(pair[0]).add(pair[1]));
    return output;
  }

  private static boolean[][] all(double[][] rewards) {
    boolean[][] eligible = new boolean[rewards.length][];
    for (int prompt = 0; prompt < rewards.length; prompt++) {
      eligible[prompt] = new boolean[rewards[prompt].length];
      Arrays.fill(eligible[prompt], true);
    }
    return eligible;
  }
}

package dev.temper.trainers.method;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.recipes.Method;
import dev.temper.trainers.estimate.BestOfNPoint;
import dev.temper.trainers.estimate.BestOfNSweeps;
import dev.temper.trainers.estimate.MeanWithError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A sweep over n: one object for each, with the columns of {@code best-of-n.csv}. */
final class BestOfNEvaluation implements Evaluation {

  @Override
  public JsonNode evaluate(Method method, Input input) {
    input.require(List.of("proxy", "gold", "n"), List.of("heldout"));
    double[][] proxy = input.lists("proxy");
    Map<String, double[][]> measured = new LinkedHashMap<>();
    measured.put("proxy", proxy);
    if (input.has("heldout")) {
      measured.put("heldout", input.lists("heldout"));
    }
    measured.put("gold", input.lists("gold"));
    ObjectNode output = Output.object();
    ArrayNode points = output.putArray("points");
    BestOfNSweeps.create(method).points(proxy, measured, input.wholes("n")).stream()
        .map(BestOfNEvaluation::json)
        .forEach(points::add);
    return output;
  }

  private static ObjectNode json(BestOfNPoint point) {
    ObjectNode json = Output.object().put("n", point.n());
    put(json, "kl", point.kl());
    json.put("kl_upper_bound", point.klUpperBound());
    json.put("sqrt_kl", Math.sqrt(Math.max(0, point.kl().mean())));
    point.means().forEach((name, mean) -> put(json, name, mean));
    return json;
  }

  private static void put(ObjectNode json, String name, MeanWithError mean) {
    json.put(name, mean.mean()).put(name + "_se", mean.standardError());
  }
}

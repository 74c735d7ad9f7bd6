package dev.temper.infra.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a curve stage says about its peak (peak.json).
 *
 * @param rule by which the snapshot was chosen without gold
 * @param chosenStep the snapshot it chose
 * @param goldMean mean of gold on the samples of step 0
 * @param goldDeviation their standard deviation
 * @param peakStep step with the most gold
 * @param peakGold gold there, cross-fitted
 * @param drop gold at the peak minus gold at the last step, paired by prompt, with its 95 %
 *     interval
 * @param regrets by rule: gold at the peak minus gold at the rule's choice
 */
record Peak(
    String rule,
    long chosenStep,
    double goldMean,
    double goldDeviation,
    long peakStep,
    double peakGold,
    double[] drop,
    Map<String, Regret> regrets) {
  Peak {
    regrets = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(regrets));
  }

  /** Where a rule would have stopped, and what that costs in gold. */
  record Regret(long step, double gold, double regret) {}

  static Optional<Peak> of(StageView stage) {
    return stage.peak().map(Peak::read);
  }

  private static Peak read(JsonNode node) {
    Map<String, Regret> regrets = new LinkedHashMap<>();
    node.path("rules")
        .properties()
        .forEach(
            rule ->
                regrets.put(
                    rule.getKey(),
                    new Regret(
                        rule.getValue().path("step").asLong(),
                        rule.getValue().path("gold").asDouble(Double.NaN),
                        rule.getValue().path("regret").asDouble(Double.NaN))));
    JsonNode drop = node.path("drop");
    return new Peak(
        node.path("rule").asText(),
        node.path("chosenStep").asLong(),
        node.path("goldMean").asDouble(0),
        node.path("goldStd").asDouble(1),
        node.path("peakStep").asLong(),
        node.path("peakGold").asDouble(Double.NaN),
        new double[] {
          drop.path("mean").asDouble(Double.NaN),
          drop.path("low").asDouble(Double.NaN),
          drop.path("high").asDouble(Double.NaN)
        },
        regrets);
  }

  double standardized(double gold) {
    return goldDeviation > 0 ? (gold - goldMean) / goldDeviation : gold - goldMean;
  }
}

package dev.temper.trainers.stage;

import dev.temper.recipes.Method;
import dev.temper.recipes.SuiteSpec;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.Golds;
import dev.temper.trainers.data.Verifiers;
import dev.temper.trainers.estimate.DistinctN;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The metrics of an evaluation that look at one sampled completion. */
final class CompletionMetrics {
  private static final Map<String, Function<SuiteSpec, ToDoubleFunction<Answer>>> KNOWN =
      Map.of(
          "exact-match",
          suite -> judge(Verifiers.create(required(suite, suite.verifier(), "verifier"))::score),
          "gold",
          suite -> judge(Golds.create(required(suite, suite.gold(), "gold"))::score),
          "termination",
          suite -> answer -> answer.completion().ended() ? 1 : 0,
          "length",
          suite -> Answer::tokens,
          "distinct-1",
          suite -> answer -> DistinctN.of(answer.completion().tokens(), 1),
          "distinct-2",
          suite -> answer -> DistinctN.of(answer.completion().tokens(), 2));

  private CompletionMetrics() {}

  /** Those of the suite's metrics that are of this kind, by name. */
  static Map<String, ToDoubleFunction<Answer>> of(SuiteSpec suite) {
    Map<String, ToDoubleFunction<Answer>> metrics = new TreeMap<>();
    for (String name : suite.metrics()) {
      if (KNOWN.containsKey(name)) {
        metrics.put(name, KNOWN.get(name).apply(suite));
      }
    }
    return metrics;
  }

  static boolean known(String name) {
    return KNOWN.containsKey(name);
  }

  private static ToDoubleFunction<Answer> judge(Answer.Scorer scorer) {
    return answer -> answer.score(scorer);
  }

  private static Method required(SuiteSpec suite, Optional<Method> method, String field) {
    return method.orElseThrow(
        () ->
            new StageFailure(
                StageFailure.Type.INVALID_SPEC,
                "suite '%s' measures %s, which needs %s"
                    .formatted(suite.name(), suite.metrics(), field)));
  }
}

package dev.temper.recipes.yaml;

import dev.temper.recipes.BestOfNSpec;
import dev.temper.recipes.ComparisonsSpec;
import dev.temper.recipes.CurveSpec;
import dev.temper.recipes.DataSource;
import dev.temper.recipes.EvaluationSpec;
import dev.temper.recipes.ImportSpec;
import dev.temper.recipes.KlSpec;
import dev.temper.recipes.LoraSpec;
import dev.temper.recipes.ModelSpec;
import dev.temper.recipes.OptimizerSpec;
import dev.temper.recipes.PanelSpec;
import dev.temper.recipes.PreferencesSpec;
import dev.temper.recipes.RejectionSamplingSpec;
import dev.temper.recipes.RlSpec;
import dev.temper.recipes.RolloutsSpec;
import dev.temper.recipes.SamplingSpec;
import dev.temper.recipes.Stage;
import dev.temper.recipes.SuiteSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** Rules that concern more than one component of a record. */
final class SpecChecks {

  /** Advantages that compare the completions of one prompt with each other. */
  private static final Set<String> NEED_A_GROUP = Set.of("rloo", "grpo", "dr-grpo");

  private static final Set<String> NEED_K = Set.of("top-k-overall", "random-k-overall");

  private static final double BETA_1 = 0.9;
  private static final double BETA_2 = 0.95;
  private static final double EPSILON = 1e-8;

  private static final Map<Class<?>, List<Check>> TABLE = table();

  private SpecChecks() {}

  /**
   * One rule.
   *
   * @param field the component that a problem is reported at
   * @param message for a value that breaks the rule
   */
  record Check(String field, Predicate<Object> holds, Function<Object, String> message) {}

  static List<Check> of(Class<?> type) {
    return TABLE.getOrDefault(type, List.of());
  }

  private static Map<Class<?>, List<Check>> table() {
    Table table = new Table();
    table
        .check(
            ModelSpec.class,
            "heads",
            m -> m.width() % m.heads() == 0,
            m -> "must divide width (%d), got %d".formatted(m.width(), m.heads()))
        .check(
            ModelSpec.class,
            "heads",
            m -> m.width() % m.heads() != 0 || m.width() / m.heads() % 2 == 0,
            m ->
                "must leave an even width per head (rotary embeddings turn pairs), got %d / %d = %d"
                    .formatted(m.width(), m.heads(), m.width() / m.heads()))
        .check(
            ModelSpec.class,
            "kvHeads",
            m -> m.heads() % m.kvHeads() == 0,
            m -> "must divide heads (%d), got %d".formatted(m.heads(), m.kvHeads()))
        .check(
            SamplingSpec.class,
            "slots",
            s -> s.slots() <= s.chunkSequences(),
            s ->
                "must be at most chunkSequences (%d), got %d"
                    .formatted(s.chunkSequences(), s.slots()))
        .check(
            KlSpec.class,
            "beta",
            k -> k.beta() == 0 || !k.in().equals("none"),
            k -> "must be 0 where in is 'none', got " + k.beta())
        .check(
            PreferencesSpec.class,
            "split",
            p -> !p.split().isEmpty(),
            p -> "must name at least one split, for example {train: 400}")
        .check(
            PreferencesSpec.class,
            "split",
            p -> p.split().keySet().stream().allMatch(s -> s.matches("[a-z][a-z0-9-]*")),
            p -> "must have names of lower-case letters, digits and '-', got " + p.split().keySet())
        .check(
            PreferencesSpec.class,
            "split",
            p -> pairs(p) <= possiblePairs(p),
            p ->
                "must add up to at most %d (pairs of %d completions for %d prompts), got %d"
                    .formatted(
                        possiblePairs(p), p.completionsPerPrompt(), rows(p.prompts()), pairs(p)))
        .check(
            ComparisonsSpec.class,
            "split",
            c -> !c.split().isEmpty(),
            c -> "must name at least one split, for example {train: 400}")
        .check(
            ComparisonsSpec.class,
            "split",
            c -> c.split().keySet().stream().allMatch(s -> s.matches("[a-z][a-z0-9-]*")),
            c -> "must have names of lower-case letters, digits and '-', got " + c.split().keySet())
        .check(
            ImportSpec.class,
            "model",
            i -> isFolderAlone(i.model()),
            i -> "must have no key but file and sha256: a model has no rows")
        .check(
            ImportSpec.class,
            "adapter",
            i -> i.adapter().map(SpecChecks::isFolderAlone).orElse(true),
            i -> "must have no key but file and sha256: an adapter has no rows")
        .check(
            DataSource.Mixture.class,
            "mixture",
            m -> !m.mixture().isEmpty(),
            m -> "must have at least one source")
        .check(
            DataSource.Mixture.class,
            "mixture",
            m -> m.mixture().stream().map(part -> part.weight().isPresent()).distinct().count() < 2,
            m -> "must have a weight for every source or for none")
        .check(
            RolloutsSpec.class,
            "reward",
            r -> r.reward().isPresent() || !r.verifiers().isEmpty(),
            r -> "must be given where there are no verifiers: nothing scores the completions")
        .check(
            RejectionSamplingSpec.class,
            "k",
            r -> r.k().isPresent() || !NEED_K.contains(r.select().name()),
            r -> "must be given for select '%s'".formatted(r.select().name()))
        .check(
            BestOfNSpec.class,
            "n",
            b -> !b.n().isEmpty() && strictlyAscending(b.n()),
            b -> "must be ascending and not empty, got " + b.n())
        .check(
            BestOfNSpec.class,
            "samples",
            b -> b.n().stream().allMatch(n -> b.samples() >= 2L * n),
            b ->
                "must be at least twice the largest n (%s; the subset estimator needs spare"
                        .formatted(b.n())
                    + " samples), got %d".formatted(b.samples()))
        .check(
            RlSpec.class,
            "reward",
            r -> r.reward().isPresent() || !r.verifiers().isEmpty(),
            r -> "must be given where there are no verifiers: nothing rewards the completions")
        .check(
            RlSpec.class,
            "completionsPerPrompt",
            r -> r.completionsPerPrompt() >= 2 || !NEED_A_GROUP.contains(r.advantage().name()),
            r ->
                "must be at least 2 for advantage '%s' (a group of one has nothing to compare"
                        .formatted(r.advantage().name())
                    + " with), got %d".formatted(r.completionsPerPrompt()))
        .check(
            RlSpec.class,
            "optimizerStepsPerBatch",
            r -> r.optimizerStepsPerBatch() <= completionsPerBatch(r),
            r ->
                "must be at most promptsPerStep * completionsPerPrompt (%d), got %d"
                    .formatted(completionsPerBatch(r), r.optimizerStepsPerBatch()))
        .check(
            RlSpec.class,
            "loss",
            r ->
                !(r.loss().parameters().get("klBeta") instanceof Number beta)
                    || beta.doubleValue() == 0,
            r -> "must leave klBeta to the stage: kl: {in: loss, beta: ...}")
        .check(
            RlSpec.class,
            "sampling",
            r -> r.sampling().temperature() > 0,
            r -> "must have a temperature above 0 (the samples of a group would be equal), got 0")
        .check(
            RlSpec.class,
            "sampling",
            r -> r.sampling().topK() != 1,
            r -> "must have a topK of 0 or above 1 (the samples of a group would be equal), got 1")
        .check(
            RlSpec.class,
            "sampling",
            r -> r.sampling().server().isEmpty(),
            r -> "must have no server (it does not have the weights that are trained)")
        .check(
            CurveSpec.class,
            "sampling",
            c -> !c.sampling().filters(),
            c ->
                "must have no topK, topP and minP (KL is measured on samples of the policy itself)")
        .check(
            CurveSpec.class,
            "sampling",
            c -> c.sampling().server().isEmpty(),
            c -> "must have no server (it does not have the snapshots)")
        .check(
            PanelSpec.class,
            "sampling",
            p -> p.sampling().server().isEmpty(),
            p -> "must have no server (it does not have the weights that are trained)")
        .check(
            CurveSpec.class,
            "heldout",
            c -> c.heldout().isPresent() || !c.peak().rule().equals("heldout-minus-kl"),
            c -> "must be given for peak rule 'heldout-minus-kl'")
        .check(
            EvaluationSpec.class,
            "suites",
            e -> !e.suites().isEmpty(),
            e -> "must have at least one suite")
        .check(
            EvaluationSpec.class,
            "models",
            e -> !e.models().isEmpty() || !e.rewardModels().isEmpty(),
            e -> "must name at least one model")
        .check(
            EvaluationSpec.class,
            "suites",
            e -> distinct(e.suites().stream().map(SuiteSpec::name).toList()),
            e ->
                "must have names of their own, got "
                    + e.suites().stream().map(SuiteSpec::name).toList())
        .check(
            EvaluationSpec.class,
            "rewardModels",
            e ->
                !e.rewardModels().isEmpty()
                    || e.suites().stream().noneMatch(s -> s.metrics().contains("reward-accuracy")),
            e -> "must name at least one for metric 'reward-accuracy'")
        .check(
            EvaluationSpec.class,
            "models",
            e ->
                e.models().size() <= 1
                    || e.suites().stream().allMatch(s -> s.sampling().server().isEmpty()),
            e -> "must be one where a suite has a server: all would be the same")
        .check(
            SuiteSpec.class,
            "sampling",
            s -> s.sampling().server().isEmpty() || !s.metrics().contains("likelihood"),
            s -> "must have no server for metric 'likelihood', which is computed in this process")
        .check(
            SuiteSpec.class,
            "metrics",
            s -> !s.metrics().isEmpty() && distinct(s.metrics()),
            s -> "must be at least one, each once, got " + s.metrics())
        .check(
            SuiteSpec.class,
            "gold",
            s -> s.gold().isPresent() || !s.metrics().contains("gold"),
            s -> "must be given for metric 'gold'")
        .check(
            SuiteSpec.class,
            "verifier",
            s -> s.verifier().isPresent() || !s.metrics().contains("exact-match"),
            s -> "must be given for metric 'exact-match'")
        .check(
            SuiteSpec.class,
            "pairs",
            s -> s.pairs().isPresent() || !s.metrics().contains("reward-accuracy"),
            s -> "must be given for metric 'reward-accuracy'")
        .check(
            SuiteSpec.class,
            "data",
            s -> s.data().isPresent() || s.metrics().equals(List.of("reward-accuracy")),
            s -> "must be given for metrics " + s.metrics())
        .check(
            OptimizerSpec.class,
            "beta1",
            o -> o.name().equals(OptimizerSpec.ADAMW) || hasAdamDefaults(o),
            o -> "must be left out, with beta2 and epsilon: %s has none".formatted(o.name()))
        .check(
            LoraSpec.class,
            "targets",
            l -> !l.targets().isEmpty() && distinct(l.targets()),
            l -> "must be at least one, each once, got " + l.targets())
        .check(
            OptimizerSpec.class,
            "decayShare",
            o -> o.schedule().equals("wsd") || o.decayShare() == OptimizerSpec.DECAY_SHARE,
            o -> "must be left out: schedule '%s' has none".formatted(o.schedule()))
        .check(
            Stage.RetrySpec.class,
            "maximumSeconds",
            r -> r.maximumSeconds() >= r.initialSeconds(),
            r ->
                "must be at least initialSeconds (%s), got %s"
                    .formatted(r.initialSeconds(), r.maximumSeconds()))
        .check(
            Stage.Timeouts.class,
            "heartbeatSeconds",
            t -> t.heartbeatSeconds().orElse(0.0) <= t.attemptSeconds().orElse(Double.MAX_VALUE),
            t ->
                "must be at most attemptSeconds (%s), got %s"
                    .formatted(
                        t.attemptSeconds().orElseThrow(), t.heartbeatSeconds().orElseThrow()))
        .check(
            Stage.Gate.class,
            "min",
            g -> g.min().isPresent() || g.max().isPresent(),
            g -> "or max must be given")
        .check(
            Stage.Gate.class,
            "max",
            g -> g.min().isEmpty() || g.max().isEmpty() || g.min().get() <= g.max().get(),
            g ->
                "must be at least min (%s), got %s"
                    .formatted(g.min().orElseThrow(), g.max().orElseThrow()));
    return Map.copyOf(table.checks);
  }

  private static boolean isFolderAlone(DataSource.File file) {
    return file.equals(new DataSource.File(file.file(), file.sha256(), 0));
  }

  private static long completionsPerBatch(RlSpec spec) {
    return (long) spec.promptsPerStep() * spec.completionsPerPrompt();
  }

  private static boolean strictlyAscending(List<Integer> values) {
    for (int i = 1; i < values.size(); i++) {
      if (values.get(i) <= values.get(i - 1)) {
        return false;
      }
    }
    return true;
  }

  private static boolean distinct(List<String> values) {
    return new HashSet<>(values).size() == values.size();
  }

  private static long pairs(PreferencesSpec spec) {
    return spec.split().values().stream().mapToLong(Integer::longValue).sum();
  }

  private static long possiblePairs(PreferencesSpec spec) {
    // A completion stands in one pair at most.
    long pairs = spec.completionsPerPrompt() / 2;
    long rows = rows(spec.prompts());
    return rows == 0 ? Long.MAX_VALUE : rows * pairs;
  }

  /** Rows that a source has at most; 0 where only its file knows. */
  private static long rows(DataSource source) {
    return source instanceof DataSource.Synthetic synthetic
        ? synthetic.rows()
        : source instanceof DataSource.File file ? file.limit() : 0;
  }

  /** Collects the rules in order. */
  /** As far as a resolved recipe tells: defaults are written out. */
  private static boolean hasAdamDefaults(OptimizerSpec o) {
    return o.beta1() == BETA_1 && o.beta2() == BETA_2 && o.epsilon() == EPSILON;
  }

  private static final class Table {
    private final Map<Class<?>, List<Check>> checks = new HashMap<>();

    <T> Table check(Class<T> type, String field, Predicate<T> holds, Function<T, String> message) {
      checks
          .computeIfAbsent(type, any -> new ArrayList<>())
          .add(
              new Check(
                  field,
                  value -> holds.test(type.cast(value)),
                  value -> message.apply(type.cast(value))));
      return this;
    }
  }
}

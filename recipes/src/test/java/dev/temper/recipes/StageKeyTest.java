package dev.temper.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.recipes.yaml.RecipeReader;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StageKeyTest {

  private static final int VERSION = 1;

  private static Map<Input, ArtifactRef> resolved(StageSpec spec) {
    Map<Input, ArtifactRef> inputs = new HashMap<>();
    for (Input input : StageInputs.of(spec)) {
      inputs.put(input, new ArtifactRef("content of " + input.stage(), input.output()));
    }
    return inputs;
  }

  private static String key(StageSpec spec) {
    return StageKey.of(spec, resolved(spec), VERSION);
  }

  private static Recipe tiny(String from, String to) {
    String yaml = Shipped.text("tiny");
    assertThat(yaml).contains(from);
    return new RecipeReader(new FakeCatalog()).read("tiny.yaml", yaml.replace(from, to));
  }

  private static StageSpec spec(Recipe recipe, String stage) {
    return recipe.stages().stream()
        .filter(s -> s.name().equals(stage))
        .findFirst()
        .orElseThrow()
        .spec();
  }

  private static Map<String, String> keys(Recipe recipe) {
    Map<String, String> keys = new LinkedHashMap<>();
    recipe.stages().forEach(stage -> keys.put(stage.name(), key(stage.spec())));
    return keys;
  }

  /**
   * These must never change: stored artifacts are found by them. A component that is added to a
   * record gets a line in {@link AddedLater} instead.
   */
  @Test
  void keysOfEveryKindStayWhatTheyWere() {
    Recipe golden =
        new RecipeReader(new FakeCatalog()).read("golden.yaml", Shipped.resource("golden.yaml"));
    Map<String, String> stored = new LinkedHashMap<>();
    Shipped.resource("golden.keys")
        .lines()
        .forEach(
            line -> {
              int space = line.indexOf(' ');
              stored.put(line.substring(0, space), line.substring(space + 1));
            });

    assertThat(keys(golden)).isEqualTo(stored);
  }

  @Test
  void isSixtyFourHexadecimalDigits() {
    assertThat(keys(Shipped.recipe("quickstart")).values())
        .allMatch(key -> key.matches("[0-9a-f]{64}"));
  }

  @Test
  void isTheSameForTwoStagesThatDifferInNameAlone() {
    Recipe recipe =
        new RecipeReader(new FakeCatalog())
            .read(
                "two.yaml",
                """
                name: two
                stages:
                  a: {kind: pretrain, data: {file: a.jsonl, sha256: %1$s}, steps: 5, learningRate: 0.01, seed: 1}
                  b: {kind: pretrain, data: {file: other/b.jsonl, sha256: %1$s}, steps: 5, learningRate: 0.01, seed: 1, queue: gpu, checkpointEverySteps: 3}
                """
                    .formatted("a".repeat(64)));

    assertThat(key(spec(recipe, "a"))).isEqualTo(key(spec(recipe, "b")));
  }

  @Test
  void changesWithEveryValueOfTheSpec() {
    String before = key(spec(Shipped.recipe("tiny"), "rl"));

    assertThat(key(spec(tiny("kl: {in: reward, beta: 0.1}", "kl: {in: reward, beta: 0.2}"), "rl")))
        .isNotEqualTo(before);
    assertThat(key(spec(tiny("seed: 5", "seed: 6"), "rl"))).isNotEqualTo(before);
    assertThat(key(spec(tiny("seed: 5", "seed: 5\nnumerics: {device: cuda}"), "rl")))
        .isNotEqualTo(before);
  }

  @Test
  void changesWithTheContentAndOutputOfAnInputButNotWithItsName() {
    StageSpec spec = spec(Shipped.recipe("tiny"), "rm");
    Map<Input, ArtifactRef> inputs = resolved(spec);
    Input pairs = new Input("pairs", "train");
    String before = StageKey.of(spec, inputs, VERSION);

    inputs.put(pairs, new ArtifactRef("content of pairs", "heldout"));
    assertThat(StageKey.of(spec, inputs, VERSION)).isNotEqualTo(before);
    inputs.put(pairs, new ArtifactRef("other content", "train"));
    assertThat(StageKey.of(spec, inputs, VERSION)).isNotEqualTo(before);

    RewardModelSpec rm = (RewardModelSpec) spec;
    Input renamed = new Input("my-pairs", "train");
    RewardModelSpec other =
        new RewardModelSpec(
            rm.init(),
            renamed,
            rm.test(),
            rm.loss(),
            rm.epochs(),
            rm.batchPairs(),
            rm.microBatchPairs(),
            rm.rowTokens(),
            rm.learningRate(),
            rm.optimizer(),
            rm.evaluateEverySteps(),
            rm.seed(),
            rm.numerics());
    inputs.put(renamed, new ArtifactRef("content of pairs", "train"));
    assertThat(StageKey.of(other, inputs, VERSION)).isEqualTo(before);
  }

  @Test
  void changesWithTheVersionOfTheNumericsAndTheKind() {
    StageSpec spec = spec(Shipped.recipe("tiny"), "base");

    assertThat(StageKey.of(spec, Map.of(), 2)).isNotEqualTo(StageKey.of(spec, Map.of(), 1));
    assertThat(StageKey.tree(spec, Map.of(), Map.of()).get("kind").asText()).isEqualTo("pretrain");
  }

  @Test
  void aDataFileCountsByItsHash() {
    StageSpec spec = spec(Shipped.recipe("tiny"), "sft");
    SftSpec sft = (SftSpec) spec;
    String first = key(withData(sft, new DataSource.File("a.jsonl", "a".repeat(64), 0)));

    assertThat(key(withData(sft, new DataSource.File("b.jsonl", "a".repeat(64), 0))))
        .isEqualTo(first);
    assertThat(key(withData(sft, new DataSource.File("a.jsonl", "b".repeat(64), 0))))
        .isNotEqualTo(first);
    assertThat(key(withData(sft, new DataSource.File("a.jsonl", "a".repeat(64), 5))))
        .isNotEqualTo(first);
    SftSpec unpinned = withData(sft, new DataSource.File("a.jsonl", "", 0));
    assertThatThrownBy(() -> key(unpinned))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a data file has no SHA-256 yet");
  }

  @Test
  void filtersCountWhereTheyAreOn() {
    String off = key(spec(sampled(""), "rollouts"));

    assertThat(key(spec(sampled("topK: 0, topP: 1, minP: 0"), "rollouts"))).isEqualTo(off);
    assertThat(
            Set.of(
                off,
                key(spec(sampled("topK: 5"), "rollouts")),
                key(spec(sampled("topP: 0.9"), "rollouts")),
                key(spec(sampled("minP: 0.1"), "rollouts"))))
        .hasSize(4);
  }

  @Test
  void aServerCountsByItsModelAndNotByWhereItStands() {
    String server = "server: {url: '%s', model: %s, concurrency: %d, timeoutSeconds: %d, api: %s}";
    String key = key(spec(sampled(server.formatted("http://a/v1", "m", 1, 1, "chat")), "rollouts"));

    assertThat(key(spec(sampled(server.formatted("https://b", "m", 2, 9, "chat")), "rollouts")))
        .isEqualTo(key);
    assertThat(key(spec(sampled(server.formatted("http://a/v1", "n", 1, 1, "chat")), "rollouts")))
        .isNotEqualTo(key);
    assertThat(
            key(
                spec(
                    sampled(server.formatted("http://a/v1", "m", 1, 1, "completions")),
                    "rollouts")))
        .isNotEqualTo(key);
    assertThat(key(spec(sampled(""), "rollouts"))).isNotEqualTo(key);
  }

  private static Recipe sampled(String sampling) {
    return new RecipeReader(new FakeCatalog())
        .read(
            "sampled.yaml",
            """
            name: sampled
            stages:
              base: {kind: pretrain, data: {file: a.jsonl, sha256: %s}, steps: 5, learningRate: 0.01, seed: 1}
              rollouts: {kind: rollouts, policy: base, verifiers: [exact-match], prompts: {synthetic: backward/prompts, rows: 8}, completionsPerPrompt: 2, sampling: {%s}}
            """
                .formatted("a".repeat(64), sampling));
  }

  @Test
  void refusesAnInputThatIsNotResolved() {
    StageSpec spec = spec(Shipped.recipe("tiny"), "rl");

    assertThatThrownBy(() -> StageKey.of(spec, Map.of(), VERSION))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("input 'sft' is not resolved");
  }

  @Test
  void aComponentThatWasAddedLaterCountsOnlyWhenItDiffers() {
    Map<Class<?>, Map<String, Object>> added =
        Map.of(Grown.class, Map.of("momentum", Optional.empty(), "rounds", 1));
    Map<Class<?>, Map<String, Object>> none = Map.of();
    Holder before = new Holder(new Grown(3, Optional.empty(), 1));
    Holder after = new Holder(new Grown(3, Optional.of(0.5), 2));

    assertThat(CanonicalJson.text(StageKey.tree(before, Map.of(), added)))
        .isEqualTo("{\"grown\":{\"steps\":3}}");
    assertThat(CanonicalJson.text(StageKey.tree(after, Map.of(), added)))
        .isEqualTo("{\"grown\":{\"momentum\":0.5,\"rounds\":2,\"steps\":3}}");
    assertThat(CanonicalJson.text(StageKey.tree(before, Map.of(), none)))
        .isEqualTo("{\"grown\":{\"rounds\":1,\"steps\":3}}");
  }

  @Test
  void listsTheInputsOfASpecInOrder() {
    assertThat(StageInputs.of(spec(Shipped.recipe("tiny"), "eval")))
        .extracting(Input::text)
        .containsExactly(
            "base",
            "sft",
            "sft-on-rs",
            "rl@3",
            "rl",
            "curve.peak",
            "rm",
            "rm-heldout",
            "pairs.test");
    assertThat(StageInputs.of(spec(Shipped.recipe("tiny"), "sft-on-rs")))
        .extracting(Input::text)
        .containsExactlyInAnyOrder("sft", "rs");
  }

  private static SftSpec withData(SftSpec s, DataSource data) {
    return new SftSpec(
        s.init(),
        data,
        s.heldout(),
        s.turns(),
        s.epochs(),
        s.steps(),
        s.batchSize(),
        s.microBatch(),
        s.rowTokens(),
        s.learningRate(),
        s.optimizer(),
        s.evaluateEverySteps(),
        s.panel(),
        s.seed(),
        s.numerics());
  }

  record Grown(int steps, Optional<Double> momentum, int rounds) {}

  record Holder(Grown grown) {}
}

package dev.temper.trainers.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.temper.recipes.Method;
import dev.temper.recipes.MethodCatalog.Entry;
import dev.temper.trainers.kl.KlEstimators;
import dev.temper.trainers.registry.Registration;
import dev.temper.trainers.registry.Registry;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MethodsTest {

  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private static final String TOKENS =
      """
      {"logp": [[-1.0, -0.3, -2.0], [-0.5, -1.5, -9]],
       "oldLogp": [[-1.4, -0.1, -2.2], [-0.6, -1.0, -9]],
       "refLogp": [[-1.1, -0.6, -1.0], [-0.9, -1.4, -9]],
       "advantage": [0.5, -1.25],
       "mask": [[1, 1, 1], [1, 1, 0]]}
      """;

  private final Methods methods = new Methods(Methods.numeric());

  private JsonNode evaluate(
      String family, String name, Map<String, Object> parameters, String input) {
    try {
      return methods.evaluate(family, name, parameters, JSON.readTree(input));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static double[][] rows(JsonNode node) {
    return JSON.convertValue(node, double[][].class);
  }

  @Test
  void listsEveryMethodWithItsSourceAndDefaults() {
    assertThat(methods.entries())
        .extracting(entry -> entry.family() + "/" + entry.name())
        .containsExactly(
            "advantage/dr-grpo",
            "advantage/grpo",
            "advantage/reinforce",
            "advantage/rloo",
            "best-of-n/unbiased",
            "kl/k1",
            "kl/k2",
            "kl/k3",
            "policy-loss/grpo",
            "policy-loss/policy-gradient",
            "policy-loss/ppo-clip",
            "preference-loss/dpo",
            "preference-loss/dpo-norm",
            "preference-loss/hinge",
            "preference-loss/ipo",
            "reward-loss/bradley-terry",
            "selection/random-k-overall",
            "selection/random-per-prompt",
            "selection/top-k-overall",
            "selection/top-per-prompt");
    assertThat(methods.entries()).extracting(Entry::source).allMatch(source -> !source.isBlank());
    for (Entry entry : methods.entries()) {
      assertThat(methods.resolve(entry.family(), new Method(entry.name(), Map.of())).parameters())
          .isEqualTo(entry.parameters());
    }
  }

  @Test
  void namesTheNearestFamily() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> methods.resolve("policy-los", new Method("grpo", Map.of())))
        .withMessage(
            "family must be one of [advantage, best-of-n, kl, policy-loss, preference-loss,"
                + " reward-loss, selection], got 'policy-los' (did you mean policy-loss?)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> methods.resolve("policy-loss", new Method("gppo", Map.of())))
        .withMessage(
            "policy-loss must be one of [grpo, policy-gradient, ppo-clip], got 'gppo' (did you"
                + " mean grpo?)");
  }

  @Test
  void refusesTwoFamiliesOfOneName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Methods(List.of(KlEstimators.family(), KlEstimators.family())))
        .withMessage("there are two families 'kl'");
  }

  @Test
  void evaluatesOnlyFamiliesThatAreMadeOfNumbers() {
    Methods other =
        new Methods(
            List.of(
                new Registry<>(
                    "verifier", Map.of("exact", new Registration<>("", List.of(), p -> "")))));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> other.evaluate("verifier", "exact", Map.of(), JSON.createObjectNode()))
        .withMessageStartingWith("a family to evaluate must be one of [advantage, best-of-n,");
  }

  /** The clipped surrogate of the class comment, as plain loops over TOKENS. */
  private static double surrogate(double[][] logp, double beta, boolean sequenceMean) {
    double[][] old = {{-1.4, -0.1, -2.2}, {-0.6, -1.0}};
    double[][] ref = {{-1.1, -0.6, -1.0}, {-0.9, -1.4}};
    double[] advantage = {0.5, -1.25};
    double loss = 0;
    for (int b = 0; b < 2; b++) {
      for (int t = 0; t < old[b].length; t++) {
        double ratio = Math.exp(logp[b][t] - old[b][t]);
        double clipped = Math.max(0.8, Math.min(1.3, ratio));
        double gain = Math.min(ratio * advantage[b], clipped * advantage[b]);
        double r = logp[b][t] - ref[b][t];
        double kl = Math.exp(-r) - 1 + r;
        loss += (beta * kl - gain) / (sequenceMean ? 2 * old[b].length : 5);
      }
    }
    return loss;
  }

  @ParameterizedTest
  @CsvSource({"grpo, 0.1, true", "ppo-clip, 0.0, false"})
  void givesTheLossAndGradientOfPlainLoops(String name, double beta, boolean sequenceMean) {
    JsonNode output =
        evaluate("policy-loss", name, Map.of("clipHigh", 0.3, "klBeta", beta), TOKENS);
    double[][] logp = {{-1.0, -0.3, -2.0}, {-0.5, -1.5, -9}};
    assertThat(output.get("loss").doubleValue())
        .isCloseTo(surrogate(logp, beta, sequenceMean), within(1e-12));
    double[][] gradient = rows(output.get("gradient"));
    assertThat(gradient[1][2]).isZero();
    for (int b = 0; b < 2; b++) {
      for (int t = 0; t < 3; t++) {
        assertThat(gradient[b][t])
            .isCloseTo(
                slope(logp, b, t, moved -> surrogate(moved, beta, sequenceMean)), within(1e-9));
      }
    }
    // Two tokens: ratio 1.49 with a positive advantage, ratio 0.61 with a negative one.
    assertThat(output.get("metrics").get("clip_fraction").doubleValue())
        .isCloseTo(2 / 5.0, within(1e-12));
    assertThat(output.get("metrics").has("kl")).isEqualTo(beta > 0);
  }

  private static double slope(
      double[][] at, int row, int column, ToDoubleFunction<double[][]> function) {
    double step = 1e-5;
    double[][] up = Arrays.stream(at).map(double[]::clone).toArray(double[][]::new);
    double[][] down = Arrays.stream(at).map(double[]::clone).toArray(double[][]::new);
    up[row][column] += step;
    down[row][column] -= step;
    return (function.applyAsDouble(up) - function.applyAsDouble(down)) / (2 * step);
  }

  @Test
  void acceptsAnAdvantageForEachToken() {
    assertThat(evaluate("policy-loss", "grpo", Map.of(), TOKENS).get("metrics"))
        .isEqualTo(evaluate("policy-loss", "ppo-clip", Map.of(), TOKENS).get("metrics"));
    String perToken = TOKENS.replace("[0.5, -1.25]", "[[0.5, 0.5, 0.5], [-1.25, -1.25, 99]]");
    assertThat(evaluate("policy-loss", "grpo", Map.of(), perToken))
        .isEqualTo(evaluate("policy-loss", "grpo", Map.of(), TOKENS));
  }

  @Test
  void givesTheBradleyTerryLossAndBothGradients() {
    JsonNode output =
        evaluate(
            "reward-loss",
            "bradley-terry",
            Map.of(),
            "{\"chosen\": [1, 0], \"rejected\": [0.5, 2]}");
    double expected = (Math.log1p(Math.exp(-0.5)) + Math.log1p(Math.exp(2))) / 2;
    assertThat(output.get("loss").doubleValue()).isCloseTo(expected, within(1e-12));
    assertThat(output.get("metrics").get("accuracy").doubleValue()).isEqualTo(0.5);
    double first = -1 / (1 + Math.exp(0.5)) / 2;
    double second = -1 / (1 + Math.exp(-2)) / 2;
    assertThat(JSON.convertValue(output.get("gradient").get("chosen"), double[].class))
        .containsExactly(new double[] {first, second}, within(1e-12));
    assertThat(JSON.convertValue(output.get("gradient").get("rejected"), double[].class))
        .containsExactly(new double[] {-first, -second}, within(1e-12));
  }

  @Test
  void givesKlPerToken() {
    JsonNode output =
        evaluate(
            "kl",
            "k2",
            Map.of(),
            "{\"logp\": [[-1, -2]], \"refLogp\": [[-3, 7]], \"mask\": [[1, 0]]}");
    assertThat(rows(output.get("perToken"))).isDeepEqualTo(new double[][] {{2, 0}});
  }

  @Test
  void givesAdvantages() {
    JsonNode output = evaluate("advantage", "rloo", Map.of(), "{\"rewards\": [[1, 0, 0], [2, 4]]}");
    assertThat(rows(output.get("advantage")))
        .isDeepEqualTo(new double[][] {{1, -0.5, -0.5}, {-2, 2}});
  }

  @Test
  void givesSelections() {
    assertThat(
            evaluate(
                    "selection",
                    "top-k-overall",
                    Map.of(),
                    "{\"rewards\": [[1, 4], [3, 2]], \"k\": 3}")
                .toString())
        .isEqualTo("{\"selected\":[[0,1],[1,0],[1,1]]}");
    assertThat(
            evaluate(
                    "selection",
                    "top-per-prompt",
                    Map.of(),
                    "{\"rewards\": [[1, 4], [3, 2]], \"eligible\": [[true, false], [true, true]]}")
                .toString())
        .isEqualTo("{\"selected\":[[0,0],[1,0]]}");
    String random = "{\"rewards\": [[1, 4, 2, 9, 8, 8], [3, 2, 1, 7, 5, 5]], \"seed\": %d}";
    assertThat(evaluate("selection", "random-per-prompt", Map.of(), random.formatted(3)))
        .isEqualTo(evaluate("selection", "random-per-prompt", Map.of(), random.formatted(3)));
    long different =
        IntStream.range(0, 20)
            .mapToObj(
                seed ->
                    evaluate("selection", "random-per-prompt", Map.of(), random.formatted(seed)))
            .distinct()
            .count();
    assertThat(different).isGreaterThan(5);
  }

  @Test
  void givesBestOfNForEachN() {
    JsonNode points =
        evaluate(
                "best-of-n",
                "unbiased",
                Map.of("resamples", 50),
                """
                {"proxy": [[0, 1], [0, 2]], "gold": [[5, 3], [1, 1]], "n": [1, 2],
                 "heldout": [[0, 0], [2, 4]]}
                """)
            .get("points");
    assertThat(points).hasSize(2);
    assertThat(points.get(0).get("gold").doubleValue()).isEqualTo(2.5);
    assertThat(points.get(1).get("gold").doubleValue()).isEqualTo(2);
    assertThat(points.get(1).get("proxy").doubleValue()).isEqualTo(1.5);
    assertThat(points.get(1).get("heldout").doubleValue()).isEqualTo(2);
    double kl = Math.log(2) - 0.5;
    assertThat(points.get(1).get("kl").doubleValue()).isCloseTo(kl, within(1e-12));
    assertThat(points.get(1).get("sqrt_kl").doubleValue()).isCloseTo(Math.sqrt(kl), within(1e-12));
    assertThat(points.get(1).get("kl_upper_bound").doubleValue()).isCloseTo(kl, within(1e-12));
    assertThat(points.get(1).get("kl_se").doubleValue()).isZero();
    assertThat(points.get(1).get("gold_se").doubleValue()).isPositive();
    assertThat(points.get(0).get("n").intValue()).isEqualTo(1);
  }

  @Test
  void acceptsOneSequence() {
    String one =
        "{\"logp\": [[-1, -2]], \"oldLogp\": [[-1, -2]], \"mask\": [[1, 1]], \"advantage\": %s}";
    assertThat(evaluate("policy-loss", "grpo", Map.of(), one.formatted("[3]")).get("loss"))
        .isEqualTo(
            evaluate("policy-loss", "grpo", Map.of(), one.formatted("[[3, 3]]")).get("loss"));
  }

  @Test
  void evaluatesNoPairs() {
    JsonNode output =
        evaluate("reward-loss", "bradley-terry", Map.of(), "{\"chosen\": [], \"rejected\": []}");
    assertThat(output.toString())
        .isEqualTo(
            "{\"loss\":0.0,\"metrics\":{\"accuracy\":0.0,\"margin\":0.0},"
                + "\"gradient\":{\"chosen\":[],\"rejected\":[]}}");
    assertThat(
            evaluate(
                    "reward-loss",
                    "bradley-terry",
                    Map.of(),
                    "{\"chosen\": [1], \"rejected\": [1]}")
                .get("loss")
                .doubleValue())
        .isCloseTo(Math.log(2), within(1e-12));
  }

  @Test
  void evaluatesComparedPairs() {
    JsonNode output =
        evaluate(
            "preference-loss",
            "ipo",
            Map.of("beta", 0.5),
            "{\"policyChosen\": [-3], \"policyRejected\": [-5], \"referenceChosen\": [-4],"
                + " \"referenceRejected\": [-3]}");
    assertThat(output.get("loss").doubleValue()).isCloseTo(4, within(1e-12));
    assertThat(output.at("/metrics/margin").doubleValue()).isCloseTo(1.5, within(1e-12));
    assertThat(output.at("/gradient/policyChosen/0").doubleValue()).isCloseTo(4, within(1e-12));
    assertThat(output.at("/gradient/policyRejected/0").doubleValue()).isCloseTo(-4, within(1e-12));
    assertThat(
            evaluate(
                    "preference-loss",
                    "dpo-norm",
                    Map.of(),
                    "{\"policyChosen\": [-3], \"policyRejected\": [-5], \"referenceChosen\":"
                        + " [-4], \"referenceRejected\": [-3], \"chosenTokens\": [4],"
                        + " \"rejectedTokens\": [2]}")
                .at("/metrics/margin")
                .doubleValue())
        .isCloseTo(2 * (1 / 4.0 + 2 / 2.0), within(1e-12));
  }

  @Test
  void drawsFromSeedZeroUnlessToldOtherwise() {
    String rewards = "{\"rewards\": [[1, 4, 2, 9], [3, 2, 1, 7], [1, 1, 1, 1], [2, 3, 4, 5]]%s}";
    assertThat(evaluate("selection", "random-per-prompt", Map.of(), rewards.formatted("")))
        .isEqualTo(
            evaluate(
                "selection", "random-per-prompt", Map.of(), rewards.formatted(", \"seed\": 0")))
        .isNotEqualTo(
            evaluate(
                "selection", "random-per-prompt", Map.of(), rewards.formatted(", \"seed\": 1")));
  }

  @ParameterizedTest
  @CsvSource({
    "policy-loss, grpo",
    "advantage, rloo",
    "kl, k1",
    "preference-loss, dpo",
    "reward-loss, bradley-terry",
    "selection, top-per-prompt",
    "best-of-n, unbiased"
  })
  void refusesFieldsThatItDoesNotKnow(String family, String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> evaluate(family, name, Map.of(), "{\"colour\": 1}"))
        .withMessageContaining("'colour' is not an input");
  }

  @Test
  void namesEveryFieldThatIsMissingOrUnknown() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                evaluate("kl", "k1", Map.of(), "{\"logp\": [[1]], \"reflogp\": [[1]], \"zz\": 1}"))
        .withMessage(
            "the input is invalid (4): 'reflogp' is not an input (did you mean refLogp?); 'zz' is"
                + " not an input; 'refLogp' is missing; 'mask' is missing; known are [logp,"
                + " refLogp, mask]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[1]|the input must be a JSON object",
        "{'logp': 1, 'refLogp': [[1]], 'mask': [[1]]}"
            + "|'logp' must be a list of lists of numbers",
        "{'logp': [1], 'refLogp': [[1]], 'mask': [[1]]}|'logp[0]' must be a list of numbers",
        "{'logp': [['a']], 'refLogp': [[1]], 'mask': [[1]]}"
            + "|'logp[0][0]' must be a number, got \"a\"",
        "{'logp': [[1, 2]], 'refLogp': [[1]], 'mask': [[1]]}"
            + "|'logp' must have shape [1][1], got [1][2]",
        "{'logp': [[1]], 'refLogp': [[1], [1]], 'mask': [[1]]}"
            + "|'refLogp' must have shape [1][1], got [2][1]",
        "{'logp': [[1]], 'refLogp': [[1]], 'mask': [[1, 1], [1]]}"
            + "|'mask' must have rows of one length, row 0 has 2 and row 1 has 1",
      })
  void refusesArraysOfTheWrongShape(String input, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> evaluate("kl", "k1", Map.of(), input.replace('\'', '"')))
        .withMessage(message.replace("\\\"", "\""));
  }

  @Test
  void refusesWhatIsNoMaskAndNoWholeNumber() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                evaluate(
                    "policy-loss", "grpo", Map.of(), TOKENS.replace("[1, 1, 0]", "[1, 0.5, 0]")))
        .withMessage("'mask' must be made of 0 and 1, got 0.5");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                evaluate(
                    "selection", "top-k-overall", Map.of(), "{\"rewards\": [[1]], \"k\": 1.5}"))
        .withMessage("'k' must be made of whole numbers, got 1.5");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                evaluate(
                    "selection",
                    "top-per-prompt",
                    Map.of(),
                    "{\"rewards\": [[1]], \"eligible\": [[1]]}"))
        .withMessage("'eligible' must be lists of true and false");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                evaluate(
                    "policy-loss",
                    "grpo",
                    Map.of(),
                    TOKENS.replace("[0.5, -1.25]", "[0.5, -1.25, 3]")))
        .withMessage("'advantage' must have shape [2][3], got [3][3]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"policy-gradient", "ppo-clip", "grpo"})
  void evaluatesEmptyArrays(String name) {
    JsonNode output =
        evaluate(
            "policy-loss",
            name,
            Map.of(),
            "{\"logp\": [], \"oldLogp\": [], \"advantage\": [], \"mask\": []}");
    assertThat(output.get("loss").doubleValue()).isZero();
    assertThat(output.get("gradient")).isEmpty();
  }

  /** In a process of its own, whose class path holds no tensor library at all. */
  @Test
  void listsAndResolvesWithoutATensorLibrary() throws Exception {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("djl"))
            .collect(Collectors.joining(File.pathSeparator));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                ListMethods.class.getName())
            .redirectErrorStream(true)
            .start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output)
        .isEqualTo(
            "20 methods, grpo {aggregation=token-mean, clipHigh=0.2,"
                + " clipLow=0.2, klBeta=0.0, klEstimator=k3, maxLength=0}, [[-1.0, 1.0]]");
  }

  /** Lists and resolves, and evaluates what is made of plain numbers. */
  static final class ListMethods {
    private ListMethods() {}

    public static void main(String[] arguments) throws ClassNotFoundException {
      try {
        Class.forName("ai.djl.engine.Engine");
        throw new IllegalStateException("the tensor library must not be on the class path");
      } catch (ClassNotFoundException expected) {
        Methods methods = new Methods(Methods.numeric());
        Method grpo =
            methods.resolve("policy-loss", new Method("grpo", Map.of("aggregation", "token-mean")));
        JsonNode rewards =
            JSON.createObjectNode().set("rewards", JSON.valueToTree(new double[][] {{1, 2}}));
        JsonNode advantage = methods.evaluate("advantage", "rloo", Map.of(), rewards);
        System.out.printf(
            "%d methods, %s %s, %s%n",
            methods.entries().size(),
            grpo.name(),
            grpo.parameters(),
            Arrays.deepToString(rows(advantage.get("advantage"))));
      }
    }
  }
}

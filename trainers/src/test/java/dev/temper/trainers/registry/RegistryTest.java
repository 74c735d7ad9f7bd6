package dev.temper.trainers.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.temper.recipes.Method;
import dev.temper.recipes.MethodCatalog.Entry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RegistryTest {

  private final Registry<String> registry =
      new Registry<>(
          "dish",
          Map.of(
              "soup",
                  new Registration<>(
                      "a book",
                      List.of(
                          Parameter.atLeast("litres", 0.5, 0),
                          Parameter.between("salt", 0.2, 0, 1),
                          Parameter.whole("plates", 4, 1, 12),
                          Parameter.choice("served", "hot", List.of("hot", "cold")),
                          Parameter.flag("bread", true)),
                      List.of(
                          new Registration.Rule(
                              p -> !p.text("served").equals("cold") || p.number("salt") > 0,
                              "salt must be above 0 in cold soup")),
                      p ->
                          "%s %s %s %s %s"
                              .formatted(
                                  p.number("litres"),
                                  p.number("salt"),
                                  p.whole("plates"),
                                  p.text("served"),
                                  p.flag("bread"))),
              "salad", new Registration<>("another book", List.of(), p -> "green")));

  @Test
  void fillsInDefaults() {
    assertThat(registry.create(new Method("soup", Map.of()))).isEqualTo("0.5 0.2 4 hot true");
    assertThat(registry.create(new Method("salad", Map.of()))).isEqualTo("green");
  }

  @Test
  void aNumberMayBeAnyFiniteOneAndATextWhateverItsRuleHolds() {
    Parameter number = Parameter.number("shift", 1.5);
    assertThat(number.defaultValue()).isEqualTo(1.5);
    assertThat(number.read().apply(-1e300)).contains(-1e300);
    assertThat(number.read().apply(3)).contains(3.0);
    assertThat(number.read().apply(Double.POSITIVE_INFINITY)).isEmpty();
    assertThat(number.read().apply("3")).isEmpty();
    Parameter text = Parameter.text("mark", "##", "not empty", mark -> !mark.isEmpty());
    assertThat(text.defaultValue()).isEqualTo("##");
    assertThat(text.rule()).isEqualTo("not empty");
    assertThat(text.read().apply("####")).contains("####");
    assertThat(text.read().apply("")).isEmpty();
    assertThat(text.read().apply(7)).isEmpty();
  }

  @Test
  void givesEveryNumberItsDeclaredType() {
    Method method =
        new Method(
            "soup",
            Map.of("litres", 2, "salt", -0.0, "plates", 3.0, "served", "hot", "bread", false));
    assertThat(registry.resolve(method).parameters())
        .isEqualTo(
            Map.of("litres", 2.0, "salt", 0.0, "plates", 3, "served", "hot", "bread", false));
    assertThat(registry.create(method)).isEqualTo("2.0 0.0 3 hot false");
  }

  @Test
  void resolvesWhatIsResolvedToItself() {
    Method once = registry.resolve(new Method("soup", Map.of("plates", 5L)));
    assertThat(registry.resolve(once)).isEqualTo(once);
  }

  @Test
  void acceptsTheEndsOfARange() {
    for (Object salt : List.of(0, 1, 0.0, 1.0)) {
      assertThat(registry.resolve(new Method("soup", Map.of("salt", salt)))).isNotNull();
    }
    for (Object plates : List.of(1, 12)) {
      assertThat(registry.resolve(new Method("soup", Map.of("plates", plates)))).isNotNull();
    }
    assertThat(registry.resolve(new Method("soup", Map.of("litres", 0)))).isNotNull();
  }

  @Test
  void namesEverythingThatIsWrongAtOnce() {
    Map<String, Object> parameters = new TreeMap<>();
    parameters.put("litre", 3);
    parameters.put("litres", -1);
    parameters.put("salt", 1.5);
    parameters.put("plates", 2.5);
    parameters.put("served", "warm");
    parameters.put("bread", "yes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> registry.resolve(new Method("soup", parameters)))
        .withMessage(
            "dish 'soup' is invalid (6): litre is not a parameter (did you mean litres?): known"
                + " are [bread, litres, plates, salt, served]; litres must be a number, at least"
                + " 0.0, got -1; salt must be a number from 0.0 to 1.0, got 1.5; plates must be a"
                + " whole number from 1 to 12, got 2.5; served must be one of [hot, cold], got"
                + " 'warm'; bread must be true or false, got 'yes'");
  }

  @Test
  void refusesValuesThatAreNotNumbers() {
    Map<String, Object> nothing = new TreeMap<>();
    nothing.put("salt", null);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> registry.resolve(new Method("soup", nothing)))
        .withMessageContaining("salt must be a number from 0.0 to 1.0, got null");
    for (Object value : List.of("0.3", Double.NaN, Double.POSITIVE_INFINITY, true, -1e-9)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> registry.resolve(new Method("soup", Map.of("salt", value))));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> registry.resolve(new Method("soup", Map.of("litres", value))));
    }
    for (Object value : List.of(0, 13, "4")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> registry.resolve(new Method("soup", Map.of("plates", value))));
    }
  }

  @Test
  void checksParametersAgainstEachOther() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> registry.create(new Method("soup", Map.of("served", "cold", "salt", 0))))
        .withMessage("dish 'soup' is invalid (1): salt must be above 0 in cold soup");
    assertThat(registry.create(new Method("soup", Map.of("served", "cold"))))
        .isEqualTo("0.5 0.2 4 cold true");
  }

  @Test
  void suggestsTheNearestName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> registry.resolve(new Method("sop", Map.of())))
        .withMessage("dish must be one of [salad, soup], got 'sop' (did you mean soup?)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> registry.resolve(new Method("lasagne", Map.of())))
        .withMessage("dish must be one of [salad, soup], got 'lasagne'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> registry.resolve(new Method("salad", Map.of("oil", 1))))
        .withMessage("dish 'salad' is invalid (1): oil is not a parameter: known are []");
  }

  @Test
  void listsWhatItKnows() {
    assertThat(registry.name()).isEqualTo("dish");
    assertThat(registry.entries())
        .containsExactly(
            new Entry("dish", "salad", "another book", Map.of()),
            new Entry(
                "dish",
                "soup",
                "a book",
                Map.of("litres", 0.5, "salt", 0.2, "plates", 4, "served", "hot", "bread", true)));
  }

  @Test
  void asksOnlyForDeclaredParameters() {
    assertThatIllegalStateException()
        .isThrownBy(() -> new Parameters(Map.of("a", 1.0)).number("b"))
        .withMessage("'b' is not among [a]");
  }
}

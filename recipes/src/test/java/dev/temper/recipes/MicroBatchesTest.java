package dev.temper.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MicroBatchesTest {

  private static StageSpec spec(String kind) {
    return Shipped.recipe("tiny").stages().stream()
        .map(Stage::spec)
        .filter(spec -> StageKinds.of(spec).equals(kind))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everyStageThatTrainsCanBeHalvedDownToOneRow() {
    for (String kind :
        new String[] {"pretrain", "sft", "reward-model", "preference-tuning", "rl"}) {
      StageSpec smaller = spec(kind);
      String before = MicroBatches.text(smaller);
      int halvings = 0;
      for (Optional<StageSpec> next = MicroBatches.halved(smaller);
          next.isPresent();
          next = MicroBatches.halved(smaller)) {
        smaller = next.get();
        halvings++;
      }
      assertThat(halvings).as(kind).isPositive();
      assertThat(MicroBatches.text(smaller)).endsWith(": 1").isNotEqualTo(before);
      assertThat(smaller.seed()).isEqualTo(spec(kind).seed());
    }
  }

  @Test
  void theSmallerStageHasAnotherKeyAndDiffersInNothingElse() {
    SftSpec sft = (SftSpec) spec("sft");
    SftSpec smaller = (SftSpec) MicroBatches.halved(sft).orElseThrow();

    assertThat(smaller.microBatch()).isEqualTo(sft.microBatch() / 2);
    assertThat(smaller.batchSize()).isEqualTo(sft.batchSize());
    Map<Input, ArtifactRef> inputs =
        StageInputs.of(sft).stream()
            .collect(Collectors.toMap(input -> input, input -> new ArtifactRef("c", "")));
    assertThat(StageKey.of(smaller, inputs, 1)).isNotEqualTo(StageKey.of(sft, inputs, 1));
  }

  @Test
  void whatDoesNotTrainHasNone() {
    assertThat(MicroBatches.halved(spec("evaluation"))).isEmpty();
    assertThat(MicroBatches.text(spec("evaluation"))).isEmpty();
  }
}

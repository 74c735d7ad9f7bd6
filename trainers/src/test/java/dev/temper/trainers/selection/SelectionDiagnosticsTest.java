package dev.temper.trainers.selection;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SelectionDiagnosticsTest {

  private static final boolean[][] ALL = {
    {true, true, true, true}, {true, true, true, true}, {true, true, true, true}
  };

  @Test
  void comparesTheArgMaxWithACoinOnDecidablePrompts() {
    double[][] rewards = {{0, 2, 2, 1}, {3, 1, 0, 0}, {1, 2, 3, 4}};
    boolean[][] right = {
      {false, true, false, false}, {false, true, true, true}, {true, true, true, true}
    };
    SelectionDiagnostics diagnostics = SelectionDiagnostics.of(rewards, ALL, right);
    assertThat(diagnostics.prompts()).isEqualTo(3);
    assertThat(diagnostics.decidablePrompts()).isEqualTo(2);
    assertThat(diagnostics.decidableFraction()).isEqualTo(2 / 3.0);
    // Prompt 0: the first of the two best is right. Prompt 1: the best is wrong.
    assertThat(diagnostics.argMaxHitRate()).hasValue(0.5);
    assertThat(diagnostics.randomHitRate()).hasValueCloseTo(0.5, Offset.offset(1e-15));
  }

  @Test
  void looksAtEligibleCompletionsOnly() {
    double[][] rewards = {{0, 2}, {0, 2}, {1, 2}};
    boolean[][] eligible = {{true, false}, {true, true}, {false, false}};
    boolean[][] right = {{true, false}, {true, false}, {true, false}};
    SelectionDiagnostics diagnostics = SelectionDiagnostics.of(rewards, eligible, right);
    assertThat(diagnostics.prompts()).isEqualTo(2);
    assertThat(diagnostics.decidablePrompts()).isEqualTo(1);
    assertThat(diagnostics.argMaxHitRate()).hasValue(0);
    assertThat(diagnostics.randomHitRate()).hasValue(0.5);
  }

  @Test
  void hasNoHitRatesWithoutDecidablePrompts() {
    SelectionDiagnostics none =
        SelectionDiagnostics.of(
            new double[][] {{1, 2}}, new boolean[][] {{true, true}}, new boolean[1][2]);
    assertThat(none.decidableFraction()).isZero();
    assertThat(none.argMaxHitRate()).isEmpty();
    assertThat(none.randomHitRate()).isEmpty();
    assertThat(
            SelectionDiagnostics.of(new double[0][], new boolean[0][], new boolean[0][])
                .decidableFraction())
        .isZero();
  }
}

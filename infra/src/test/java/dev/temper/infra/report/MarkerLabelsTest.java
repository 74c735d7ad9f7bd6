package dev.temper.infra.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MarkerLabelsTest {

  private final MarkerLabels labels = new MarkerLabels(30, 330);

  @Test
  void aTextStandsWhereItIsWantedIfNothingIsThere() {
    assertThat(labels.place("curve: chosen @15", 100, true, 200, true)).isEqualTo(200);
    assertThat(labels.place("curve: chosen @15", 300, true, 203, true)).isEqualTo(203);
    assertThat(labels.place("curve: chosen @15", 100, true, 220, true)).isEqualTo(220);
  }

  @Test
  void aTextThatWouldCoverAnotherMovesToItsOwnSide() {
    labels.place("curve: chosen @15", 100, true, 200, true);
    assertThat(labels.place("curve-kl: chosen @20", 110, true, 203, true)).isEqualTo(217);
    assertThat(labels.place("curve: gold peak @25", 105, true, 198, false)).isEqualTo(184);
  }

  @Test
  void aTextThatEndsAtItsMarkerCoversWhatIsLeftOfIt() {
    labels.place("curve: chosen @15", 200, false, 200, true);
    assertThat(labels.place("peak", 120, true, 200, true)).isEqualTo(214);
    assertThat(labels.place("peak", 210, true, 200, true)).isEqualTo(200);
  }

  @Test
  void aTextStaysInsideTheChart() {
    labels.place("lowest", 100, true, 326, true);
    assertThat(labels.place("also low", 100, true, 326, true)).isEqualTo(312);
  }
}

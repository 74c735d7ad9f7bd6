package dev.temper.infra.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportPageTest {

  @TempDir Path run;

  @BeforeEach
  void aRunWithOneCurve() throws IOException {
    write(
        "run.json",
        """
        {"run": "demo <1>", "status": "finished", "startedAt": "2026-01-01T00:00:00Z", "stages": [
          {"name": "sft", "kind": "sft", "status": "finished", "steps": 2, "seconds": 65},
          {"name": "rl", "kind": "rl", "status": "finished", "inputs": ["sft"], "seconds": 3,
           "artifact": "abcdef0123456789", "metrics": {"reward/total": 1.5}},
          {"name": "curve", "kind": "curve", "status": "finished", "cached": true,
           "inputs": ["rl@5", "sft"]}]}
        """);
    write(
        "stages/sft/metrics.jsonl",
        """
        {"step":1,"time":7,"metrics":{"train/loss":2.5}}
        {"step":2,"time":8,"metrics":{"train/loss":1.5}}
        """);
    write(
        "stages/sft/samples.jsonl",
        """
        {"step":0,"prompt":"Say <hi>","completion":"early","ended":false}
        {"step":2,"prompt":"Say <hi>","completion":"a & b","ended":true,"gold":1.25}
        """);
    write(
        "stages/rl/samples.jsonl",
        """
        {"step":9,"prompt":"Say <hi>","completion":"on and on","ended":false}
        """);
    write(
        "stages/curve/curve.csv",
        """
        step,kl,kl_se,sqrt_kl,proxy,proxy_se,heldout,heldout_se,gold,gold_se,completion_tokens
        0,0,0,0,0,.1,0,.1,1,.1,20
        5,4,.1,2,2,.1,1.5,.1,2,.1,22
        10,36,.1,6,3,.1,1.6,.1,-3,.1,30
        """);
    write(
        "stages/curve/peak.json",
        """
        {"rule": "heldout-minus-kl", "chosenStep": 5, "goldMean": 1, "goldStd": 2, "peakStep": 5,
         "peakGold": 1.9, "drop": {"mean": 5, "low": 4, "high": 6},
         "rules": {"heldout-minus-kl": {"step": 5, "gold": 2, "regret": 0.1},
                   "last": {"step": 10, "gold": -3, "regret": 5}}}
        """);
    write("stages/eval/evaluation.json", "{}");
  }

  @Test
  void everySectionStandsInOnePageThatNeedsNothingElse() throws IOException {
    String page = Files.readString(ReportPage.write(run, run.resolve("report")));

    assertThat(page)
        .contains("id=stages", "id=over-optimization", "id=training", "id=samples", "id=lineage");
    assertThat(page).doesNotContain("<script", "http://", "https://", "src=");
    assertThat(page).contains("default-src 'none'");
  }

  @Test
  void textFromTheRunIsEscaped() throws IOException {
    String page = ReportPage.html(RunView.read(run));

    assertThat(page).contains("demo &lt;1&gt;", "Say &lt;hi&gt;", "a &amp; b");
    assertThat(page).doesNotContain("Say <hi>");
  }

  @Test
  void theSamplesOfTheLastStepStandSideBySide() throws IOException {
    String page = ReportPage.html(RunView.read(run));

    assertThat(page).contains("<th>sft<th>rl").doesNotContain("early");
    assertThat(page).contains("gold 1.25", "did not end");
  }

  @Test
  void theConclusionSaysThatTheRewardWasOverOptimized() throws IOException {
    assertThat(Conclusion.of(RunView.read(run)))
        .containsExactly(
            "curve: the proxy moved from 0.00 to 3.00, the held-out reward from 0.00 to 1.60, gold"
                + " from 1.00 by way of 1.90 (step 5) to -3.00: the reward model was"
                + " over-optimized, and neither reward model shows it; rule heldout-minus-kl stops"
                + " at step 5 with gold 2.00, 0.10 below the best snapshot.");
  }

  @Test
  void goldIsDrawnAsAScoreOfTheStart() throws IOException {
    Peak peak = Peak.of(RunView.read(run).stage("curve").orElseThrow()).orElseThrow();

    assertThat(peak.standardized(2)).isEqualTo(0.5);
    assertThat(ReportPage.html(RunView.read(run)))
        .contains("curve: gold peak @5", "curve: chosen @5");
  }

  @Test
  void aLastLineCutByACrashIsLeftOut() throws IOException {
    Files.writeString(
        run.resolve("stages/sft/metrics.jsonl"),
        "{\"step\":1,\"metrics\":{\"train/loss\":2.5}}\n{\"step\":2,\"met");

    assertThat(RunView.read(run).stage("sft").orElseThrow().history()).hasSize(1);
  }

  @Test
  void aBrokenLineInTheMiddleIsNamed() throws IOException {
    Files.writeString(run.resolve("stages/sft/metrics.jsonl"), "{\"step\":\n{\"step\":2}\n");

    assertThatThrownBy(() -> RunView.read(run))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("metrics.jsonl:1");
  }

  @Test
  void aRunThatHasJustStartedHasAPage() throws IOException {
    write("run.json", "{\"run\": \"young\", \"status\": \"running\", \"stages\": []}");

    assertThat(ReportPage.html(RunView.read(run))).contains("young", "running");
  }

  @Test
  void ticksAreRoundAndInsideTheRange() {
    assertThat(LineChart.ticks(new double[] {-4.9, 3.2}, 5)).containsExactly(-4, -2, 0, 2);
    assertThat(LineChart.number(0.25)).isEqualTo("0.25");
    assertThat(LineChart.number(-4)).isEqualTo("-4");
    assertThat(LineChart.number(0)).isEqualTo("0");
  }

  private void write(String path, String text) throws IOException {
    Path file = run.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}

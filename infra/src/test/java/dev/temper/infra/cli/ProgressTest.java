package dev.temper.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.infra.run.ShownProgress;
import dev.temper.infra.run.StageRecord;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final StageLine line = new StageLine(List.of("sft", "rl"));
  private final StageRecord sft = StageRecord.pending("sft", "sft", List.of());

  @Test
  void plainLinesComeAtChangesAndEveryTenSeconds() {
    HandClock clock = new HandClock();
    PlainProgress plain = new PlainProgress(out, line, clock);

    plain.changed(sft.started(1, 0));
    plain.progressed(step(1));
    clock.forward(Duration.ofSeconds(11));
    plain.progressed(step(2));
    plain.progressed(step(3));
    plain.changed(sft.finished(false, 3, "k", "c", Map.of()));

    assertThat(text().lines())
        .containsExactly("sft  started", "sft  step 2/3", "sft  finished in 0.0 s, 3 steps");
  }

  @Test
  void onATerminalRunningStagesAreRedrawnInPlace() {
    TerminalProgress terminal = new TerminalProgress(out, line, 80);

    terminal.changed(sft.started(1, 0));
    terminal.progressed(step(2));

    assertThat(text()).isEqualTo("sft  started\n\u001b[1A\u001b[2Ksft  step 2/3\n");
  }

  @Test
  void onATerminalWhatEndedStaysAboveWhatRuns() {
    TerminalProgress terminal = new TerminalProgress(out, line, 80);
    StageRecord rl = StageRecord.pending("rl", "rl", List.of());

    terminal.changed(sft.started(1, 0));
    terminal.changed(rl.started(1, 0));
    bytes.reset();
    terminal.changed(sft.finished(true, 3, "k", "c", Map.of()));

    assertThat(text()).isEqualTo("\u001b[1A\u001b[2K".repeat(2) + "sft  cached\nrl   started\n");
  }

  @Test
  void noRedrawnLineIsWiderThanTheTerminal() {
    TerminalProgress terminal = new TerminalProgress(out, line, 10);

    terminal.changed(sft.started(1, 0));

    assertThat(text()).isEqualTo("sft  star\n");
  }

  @Test
  void programsGetOneObjectPerLine() throws Exception {
    JsonProgress json = new JsonProgress(new JsonLines(out));

    json.changed(sft.started(1, 0));
    json.progressed(step(2));
    json.noted("sft", "waits");

    List<String> lines = text().lines().toList();
    assertThat(lines).hasSize(3);
    JsonNode progress = new ObjectMapper().readTree(lines.get(1));
    assertThat(progress.get("event").asText()).isEqualTo("progress");
    assertThat(progress.get("step").asLong()).isEqualTo(2);
    assertThat(new ObjectMapper().readTree(lines.get(0)).get("status").asText())
        .isEqualTo("running");
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static ShownProgress step(long step) {
    return new ShownProgress("sft", "sft", step, 3, 0, "", Map.of());
  }

  /** A clock that stands still until it is moved. */
  private static final class HandClock extends Clock {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    void forward(Duration time) {
      now = now.plus(time);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}

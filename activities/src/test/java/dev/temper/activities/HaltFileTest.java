package dev.temper.activities;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HaltFileTest {

  private static final long SELF = ProcessHandle.current().pid();

  @TempDir Path folder;

  private final List<Long> killed = new ArrayList<>();

  @Test
  void killsOnceWhenTheMomentOfTheKindIsReached() throws IOException {
    Path file = Files.writeString(folder.resolve("moment"), "stage.step:sft");
    HaltFile halt = new HaltFile(file, killed::add);
    halt.at("stage.step", "rl");
    halt.at("stage.pulse", "sft");
    assertThat(killed).isEmpty();
    halt.at("stage.step", "sft");
    halt.at("stage.step", "sft");
    assertThat(killed).containsExactly(SELF);
    assertThat(file).doesNotExist();
  }

  @Test
  void killsOtherProcessesWhereTheFileNamesThem() throws IOException {
    Path file = Files.writeString(folder.resolve("moment"), "artifact.file:*:4242,4243");
    new HaltFile(file, killed::add).at("artifact.file", "rl");
    assertThat(killed).containsExactly(4242L, 4243L);
  }

  @Test
  void tellsWhichMomentsThereAreAndWhichComeOften() throws IOException {
    HaltFile halt = new HaltFile(folder.resolve("moment"), killed::add);
    halt.at("stage.step", "sft");
    halt.at("tracker.before-batch", "");
    halt.at("stage.step", "sft");
    for (int i = 0; i < 30; i++) {
      halt.at("stage.step", "sft");
    }
    assertThat(folder.resolve("moment.reached"))
        .hasContent("stage.step:sft\ntracker.before-batch:\nstage.step:sft:often");
  }

  @Test
  void aMomentCanBeChosenLater() throws IOException {
    HaltFile halt = new HaltFile(folder.resolve("moment"), killed::add);
    halt.at("stage.step", "sft");
    Files.writeString(folder.resolve("moment"), "stage.step:*");
    halt.at("stage.step", "sft");
    assertThat(killed).containsExactly(SELF);
  }
}

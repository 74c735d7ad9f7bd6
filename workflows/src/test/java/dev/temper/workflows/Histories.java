package dev.temper.workflows;

import io.temporal.client.WorkflowFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Writes the histories that {@link ReplayTest} replays. Run by hand, only when a change of the walk
 * is meant to break old ones: {@code main} with the folder to write to.
 */
final class Histories {

  private Histories() {}

  static Map<String, ScriptedStages> scripts() {
    return Map.of(
        "six-stages", ScriptedStages.thatSucceed(),
        "retry", ScriptedStages.thatFailFirst("sft", 2),
        "blocked", ScriptedStages.thatFailForGood("rm", "TrainingDiverged"));
  }

  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    for (Map.Entry<String, ScriptedStages> script : scripts().entrySet()) {
      Files.writeString(folder.resolve(script.getKey() + ".json"), record(script.getValue()));
    }
  }

  static String record(ScriptedStages stages) {
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      try {
        rig.run(FakeStages.sixStages());
      } catch (WorkflowFailedException e) {
        // one of the scripts ends like this
      }
      return rig.history() + "\n";
    }
  }
}

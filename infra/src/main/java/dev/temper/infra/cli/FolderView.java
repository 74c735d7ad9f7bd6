package dev.temper.infra.cli;

import dev.temper.infra.run.RunFolder;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.run.RunStatus;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** A run as somebody sees it who only has its folder. */
final class FolderView {

  private FolderView() {}

  /** The status; {@code interrupted} where a run says that it runs and no process does. */
  static String status(RunFolder folder, RunRecord record) throws IOException {
    boolean here = record.server().isEmpty();
    return here && record.status() == RunStatus.RUNNING && !folder.inUse()
        ? "interrupted"
        : record.status().text();
  }

  /** The line that says where MLflow shows a run; empty where that is not known. */
  static Optional<String> mlflow(Map<String, String> links) {
    return Optional.ofNullable(links.get("mlflow.url")).map(url -> "MLflow     " + url);
  }

  /** Stages that are finished, of how many. */
  static String share(RunRecord record) {
    long finished =
        record.stages().stream().filter(stage -> stage.status() == RunStatus.FINISHED).count();
    return finished + "/" + record.stages().size();
  }
}

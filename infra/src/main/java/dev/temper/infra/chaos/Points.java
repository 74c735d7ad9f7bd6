package dev.temper.infra.chaos;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What a tracking server holds of a run. */
interface Points {

  /** No tracking server. */
  Points NONE = home -> Map.of();

  /** Lines {@code step value} in the order of their steps, by stage and metric. */
  Map<String, List<String>> of(java.nio.file.Path home) throws IOException, InterruptedException;
}

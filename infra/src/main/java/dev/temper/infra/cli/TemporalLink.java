package dev.temper.infra.cli;

import dev.temper.infra.temporal.ServerAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Where a workflow can be looked at. Where a server has its user interface nobody can guess, so
 * {@code TEMPER_TEMPORAL_UI} says it; the local stack does.
 */
record TemporalLink(Map<String, String> environment, ServerAddress address) {

  /** An address for a browser, or else where the workflow is, in words. */
  String of(String workflowId) {
    String base = environment.getOrDefault("TEMPER_TEMPORAL_UI", "");
    if (base.isEmpty()) {
      return "%s, namespace %s, workflow %s"
          .formatted(address.target(), address.namespace(), workflowId);
    }
    return "%s/namespaces/%s/workflows/%s"
        .formatted(
            base.replaceAll("/+$", ""),
            URLEncoder.encode(address.namespace(), StandardCharsets.UTF_8),
            URLEncoder.encode(workflowId, StandardCharsets.UTF_8));
  }
}

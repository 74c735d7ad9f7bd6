package dev.temper.infra.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** A live operation: only a Temporal server can pass it to a run in another process. */
@Command(
    name = "pause",
    aliases = {"resume", "cancel", "retry", "worker"},
    hidden = true,
    description = "needs a Temporal server")
final class NeedsServerCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  /** Taken as they come: whatever they are, the answer is the same. */
  @Unmatched private List<String> rest;

  @Override
  public Integer call() {
    String asked = spec.commandLine().getParent().getParseResult().originalArgs().get(0);
    throw Refusal.usage(
        "'%s %s' needs a Temporal server, and this version runs its own inside the process; "
                .formatted(asked, rest == null ? "" : String.join(" ", rest))
            + "stop a run with Ctrl-C, and continue it with the command that started it");
  }
}

package dev.temper.infra.run;

import java.io.IOException;

/** Another process runs this run. */
public final class RunInUseException extends IOException {
  private static final long serialVersionUID = 1;

  RunInUseException(String run, String holder) {
    super("run %s is already running (%s); nothing was changed".formatted(run, holder));
  }
}

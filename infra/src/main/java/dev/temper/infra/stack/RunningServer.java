package dev.temper.infra.stack;

import java.time.Duration;
import java.util.Map;

/**
 * A server of the stack that answers.
 *
 * @param server which one
 * @param link its page for people
 * @param environment the variables by which commands find it
 * @param started whether this call started it; otherwise it was there
 * @param took how long it took until it answered
 */
public record RunningServer(
    StackServer server,
    String link,
    Map<String, String> environment,
    boolean started,
    Duration took) {

  public RunningServer {
    environment = Map.copyOf(environment);
  }

  /** Without the environment: it has the secrets. */
  @Override
  public String toString() {
    return server.title() + " " + link;
  }
}

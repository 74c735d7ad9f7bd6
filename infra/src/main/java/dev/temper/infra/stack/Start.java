package dev.temper.infra.stack;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** One server on its way up. */
final class Start {

  private final Server server;
  private final Path program;
  private final ServerFolder folder;
  private final Map<String, String> settings;
  private final boolean wasRunning;
  private long began = System.nanoTime();
  private long logBegan;
  private Duration took = Duration.ZERO;

  Start(
      Server server,
      Path program,
      ServerFolder folder,
      Map<String, String> settings,
      boolean wasRunning) {
    this.server = server;
    this.program = program;
    this.folder = folder;
    this.settings = Map.copyOf(settings);
    this.wasRunning = wasRunning;
  }

  Server server() {
    return server;
  }

  Path program() {
    return program;
  }

  ServerFolder folder() {
    return folder;
  }

  Map<String, String> settings() {
    return settings;
  }

  boolean wasRunning() {
    return wasRunning;
  }

  /** The process begins, and its log at this position. */
  void begins(long logPosition) {
    began = System.nanoTime();
    logBegan = logPosition;
  }

  long logBegan() {
    return logBegan;
  }

  Duration sinceBegin() {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  void answers() {
    took = sinceBegin();
  }

  RunningServer running() {
    return new RunningServer(
        server.id(), server.link(settings), server.environment(settings), !wasRunning, took);
  }
}

package dev.temper.infra.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The processes of one run, which can be killed and are started again. */
interface Arena extends AutoCloseable {

  /** What can be killed here. */
  Set<Target> targets();

  /** Starts whatever is not running. The same call continues the run. */
  void revive() throws IOException, InterruptedException;

  /** Whether the run has come to its end. Blows do not end it. */
  boolean ended();

  /** Lets what was still under way when the run ended come to its end, so that it can be read. */
  void settle() throws IOException, InterruptedException;

  /** Sends to MLflow what it missed, as a person would. */
  void sync() throws IOException, InterruptedException;

  /** What the command that runs the recipe ended with. */
  int exitCode();

  /** Kills a process as {@code kill -9} does, and waits until it is gone. */
  void kill(Target target) throws IOException, InterruptedException;

  /** Ids of the target's processes that are there. */
  List<Long> processes(Target target) throws IOException;

  /** Whether the target is there. */
  default boolean isAlive(Target target) throws IOException {
    return !processes(target).isEmpty();
  }

  /** Where the moment of the next blow is written for the process that runs the stages. */
  Path moment();

  @Override
  void close() throws IOException, InterruptedException;
}

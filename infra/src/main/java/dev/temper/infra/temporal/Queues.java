package dev.temper.infra.temporal;

/** Names of task queues that mean something. */
public final class Queues {

  /** Workflows, and what is told about a run as a whole: no stage computes here. */
  public static final String CONTROL = "control";

  /** Stages that name no queue, on a server. */
  public static final String CPU = "cpu";

  private Queues() {}
}

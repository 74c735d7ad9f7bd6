package dev.temper.infra.chaos;

/** What a blow kills. */
public enum Target {
  /** The process that runs the stages. */
  WORKER,
  /** Temporal. */
  SERVER,
  /** S3. */
  STORE,
  /** MLflow. */
  TRACKER
}

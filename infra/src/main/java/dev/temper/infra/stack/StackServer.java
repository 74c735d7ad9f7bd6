package dev.temper.infra.stack;

/** A server of the local stack. */
public enum StackServer {
  TEMPORAL("temporal", "Temporal", "temporal"),
  MLFLOW("mlflow", "MLflow", "mlflow"),
  S3("s3", "S3", "minio");

  private final String id;
  private final String title;
  private final String program;

  StackServer(String id, String title, String program) {
    this.id = id;
    this.title = title;
    this.program = program;
  }

  /** As it is written in options and folder names. */
  public String id() {
    return id;
  }

  /** As it is printed. */
  public String title() {
    return title;
  }

  /** The program that serves, and its name for infra/servers/install.sh. */
  public String program() {
    return program;
  }

  @Override
  public String toString() {
    return id;
  }
}

package dev.temper.trainers;

/** A failure from the closed list. Everything that is not one of these is worth another attempt. */
public final class StageFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The closed list; none of them is retried. */
  public enum Type {
    INVALID_SPEC("InvalidSpec"),
    DATA_CONTRACT("DataContract"),
    TRAINING_DIVERGED("TrainingDiverged"),
    ARTIFACT_CORRUPT("ArtifactCorrupt"),
    GATE_NOT_MET("GateNotMet"),
    NO_PROGRESS("NoProgress"),
    /** Another spec may do with less: the same stage with half its micro-batch. */
    OUT_OF_MEMORY("OutOfMemory");

    private final String wireName;

    Type(String wireName) {
      this.wireName = wireName;
    }

    /** As it stands in a Temporal failure. */
    public String wireName() {
      return wireName;
    }
  }

  private final Type type;

  public StageFailure(Type type, String message) {
    super(message);
    this.type = type;
  }

  public StageFailure(Type type, String message, Throwable cause) {
    super(message, cause);
    this.type = type;
  }

  public Type type() {
    return type;
  }
}

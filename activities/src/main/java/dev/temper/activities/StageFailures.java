package dev.temper.activities;

/**
 * Failures alike at one step, counted in a row. A kill is no failure and counts nothing.
 *
 * @param step at which they happened
 * @param signature what makes two failures alike: the class of their first cause
 * @param count in a row
 */
public record StageFailures(long step, String signature, int count) {

  public static final StageFailures NONE = new StageFailures(-1, "", 0);

  public StageFailures and(long failedStep, Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String failed = root.getClass().getName();
    boolean alike = failedStep == step && failed.equals(signature);
    return new StageFailures(failedStep, failed, alike ? count + 1 : 1);
  }
}

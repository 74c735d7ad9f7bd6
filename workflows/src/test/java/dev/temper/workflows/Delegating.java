package dev.temper.workflows;

import java.util.Map;

/** A workflow that is another one in all that a test does not change. */
class Delegating implements RecipeWorkflow {

  private final RecipeRun run;
  private final RecipeWorkflow other;

  Delegating(RecipeRun run, RecipeWorkflow other) {
    this.run = run;
    this.other = other;
  }

  @Override
  public RecipeOutcome run(RecipeRun given) {
    return other.run(run);
  }

  @Override
  public Map<String, StageState> status() {
    return other.status();
  }

  @Override
  public RunLinks links() {
    return other.links();
  }

  @Override
  public void pause() {
    other.pause();
  }

  @Override
  public void checkPause() {
    other.checkPause();
  }

  @Override
  public void resume() {
    other.resume();
  }

  @Override
  public void checkResume() {
    other.checkResume();
  }

  @Override
  public void retry(String stage) {
    other.retry(stage);
  }

  @Override
  public void checkRetry(String stage) {
    other.checkRetry(stage);
  }

  @Override
  public void move(String stage, String queue) {
    other.move(stage, queue);
  }

  @Override
  public void checkMove(String stage, String queue) {
    other.checkMove(stage, queue);
  }
}

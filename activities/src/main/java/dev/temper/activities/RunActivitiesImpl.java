package dev.temper.activities;

import dev.temper.workflows.RecipeRun;
import dev.temper.workflows.RunActivities;
import dev.temper.workflows.RunEnd;
import dev.temper.workflows.RunLinks;
import io.temporal.activity.Activity;
import java.io.IOException;
import org.slf4j.MDC;

/** Translates between Temporal and {@link RunRecords}. Whatever fails is tried again. */
public final class RunActivitiesImpl implements RunActivities {

  private final RunRecords records;

  public RunActivitiesImpl(RunRecords records) {
    this.records = records;
  }

  @Override
  public RunLinks begin(RecipeRun run) {
    try (MDC.MDCCloseable name = MDC.putCloseable("run", run.run())) {
      return records.begin(run);
    } catch (IOException e) {
      throw Activity.wrap(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StageStoppedException();
    }
  }

  @Override
  public void end(RunEnd end) {
    try (MDC.MDCCloseable name = MDC.putCloseable("run", end.run())) {
      records.end(end);
    } catch (IOException e) {
      throw Activity.wrap(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StageStoppedException();
    }
  }
}

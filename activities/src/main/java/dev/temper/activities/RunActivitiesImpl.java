package dev.temper.activities;

import dev.temper.workflows.RecipeRun;
import dev.temper.workflows.RunActivities;
import dev.temper.workflows.RunEnd;
import dev.temper.workflows.RunLinks;
import io.temporal.activity.Activity;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import org.slf4j.MDC;

/** Translates between Temporal and {@link RunRecords}. Whatever is not refused is tried again. */
public final class RunActivitiesImpl implements RunActivities {

  /** One call to the records. */
  private interface Call<T> {
    T make() throws IOException, InterruptedException;
  }

  private final RunRecords records;

  public RunActivitiesImpl(RunRecords records) {
    this.records = records;
  }

  @Override
  public RunLinks begin(RecipeRun run) {
    return told(run.run(), () -> records.begin(run));
  }

  @Override
  public void end(RunEnd end) {
    told(
        end.run(),
        () -> {
          records.end(end);
          return RunLinks.NONE;
        });
  }

  private static <T> T told(String run, Call<T> call) {
    try (MDC.MDCCloseable name = MDC.putCloseable("run", run)) {
      return call.make();
    } catch (IOException e) {
      throw Activity.wrap(e);
    } catch (IllegalArgumentException e) {
      throw ApplicationFailure.newNonRetryableFailureWithCause(e.getMessage(), "InvalidSpec", e);
    } catch (RefusedRecordException e) {
      throw ApplicationFailure.newNonRetryableFailureWithCause(e.getMessage(), "Refused", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StageStoppedException();
    }
  }
}

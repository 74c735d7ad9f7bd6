package dev.temper.activities;

import dev.temper.recipes.MicroBatches;
import dev.temper.recipes.StageSpec;
import dev.temper.trainers.StageFailure;
import dev.temper.workflows.StageActivities;
import dev.temper.workflows.StageRequest;
import dev.temper.workflows.StageResult;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCanceledException;
import io.temporal.client.ActivityCompletionException;
import io.temporal.client.ActivityWorkerShutdownException;
import io.temporal.failure.ApplicationErrorCategory;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TimeoutFailure;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Translates between Temporal and {@link StageDriver}: heartbeats, stops and types of failure. */
public final class StageActivitiesImpl implements StageActivities {

  private static final Logger log = LoggerFactory.getLogger(StageActivitiesImpl.class);

  /**
   * Until another worker may take a stage that this one gave back. Short, since nothing failed; not
   * nothing, since a poll of this worker may still be in flight.
   */
  private static final Duration HAND_OVER = Duration.ofSeconds(1);

  private static final Duration OTHER_STORE = Duration.ofSeconds(5);

  private final StageDriver driver;
  private final RunTracker tracker;
  private final String store;
  private final String storeId;
  private volatile boolean stopping;
  private int running;

  /** For runs of any store. */
  public StageActivitiesImpl(StageDriver driver, RunTracker tracker) {
    this(driver, tracker, "", "");
  }

  /**
   * For runs of one store.
   *
   * @param store where the driver's artifacts lie, as runs name it
   * @param storeId tells it from others of the same name
   */
  public StageActivitiesImpl(StageDriver driver, RunTracker tracker, String store, String storeId) {
    this.driver = driver;
    this.tracker = tracker;
    this.store = store;
    this.storeId = storeId;
  }

  /**
   * Lets every running stage save and end, lets none begin, and waits for that.
   *
   * @return whether all ended in time
   */
  public synchronized boolean stop(Duration limit) throws InterruptedException {
    stopping = true;
    long end = System.nanoTime() + limit.toNanos();
    for (long left = limit.toMillis();
        running > 0 && left > 0;
        left = (end - System.nanoTime()) / 1_000_000) {
      wait(left);
    }
    return running == 0;
  }

  @Override
  public StageResult run(StageRequest request) {
    synchronized (this) {
      if (stopping) { // the retry of a stage that was just stopped can arrive by a poll in flight
        throw handedOver(new StageStoppedException());
      }
      running++;
    }
    try (MDC.MDCCloseable run = MDC.putCloseable("run", request.run());
        MDC.MDCCloseable stage = MDC.putCloseable("stage", request.stage().name())) {
      return attempt(request, Activity.getExecutionContext());
    } finally {
      synchronized (this) {
        running--;
        notifyAll();
      }
    }
  }

  private StageResult attempt(StageRequest request, ActivityExecutionContext context) {
    requireStore(request);
    StageFailures failures =
        context
            .getLastHeartbeatDetails(StageProgress.class)
            .map(StageProgress::failures)
            .orElse(StageFailures.NONE);
    TemporalControl control = new TemporalControl(context, request.stage().name(), () -> stopping);
    int attempt = context.getInfo().getAttempt();
    try {
      return driver.run(request, attempt, failures, control);
    } catch (StageFailure e) {
      return failed(request, attempt, e);
    } catch (ActivityWorkerShutdownException | StageStoppedException e) {
      throw handedOver(e);
    } catch (ActivityCompletionException e) {
      throw isCutOff(e) ? handedOver(e) : e;
    } catch (FencedException e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw handedOver(e);
    } catch (Exception | OutOfMemoryError | LinkageError e) {
      return retried(request, attempt, control.fail(e, failures), e);
    }
  }

  /**
   * Without this a worker with another store would compute everything again, and nobody would find
   * it. Another attempt may reach a worker that has the store.
   */
  private void requireStore(StageRequest request) {
    String wanted = request.store();
    if (differ(wanted, store) || differ(request.storeId(), storeId)) {
      String message =
          "stage '%s' of run '%s' needs a worker whose store is %s, this one has %s"
              .formatted(
                  request.stage().name(),
                  request.run(),
                  wanted,
                  wanted.equals(store) ? "another one of that name" : store);
      log.warn("stage given back: {}", message);
      // The next worker may be the right one: no back-off that doubles.
      throw ApplicationFailure.newBuilder()
          .setMessage(message)
          .setType("OtherStore")
          .setNextRetryDelay(OTHER_STORE)
          .build();
    }
  }

  private static boolean differ(String wanted, String mine) {
    return !wanted.isEmpty() && !mine.isEmpty() && !wanted.equals(mine);
  }

  /** Whether the SDK ended the attempt since its heartbeats no longer reach the service. */
  private static boolean isCutOff(ActivityCompletionException e) {
    return e instanceof ActivityCanceledException && e.getCause() instanceof TimeoutFailure;
  }

  /** Ends an attempt that did not fail: no alarm, no back-off, nothing counted. */
  private static ApplicationFailure handedOver(Exception why) {
    return ApplicationFailure.newBuilder()
        .setType("HandedOver")
        .setMessage("this worker gave the stage back: " + why.getMessage())
        .setCause(why)
        .setNextRetryDelay(HAND_OVER)
        .setCategory(ApplicationErrorCategory.BENIGN)
        .build();
  }

  private StageResult failed(StageRequest request, int attempt, StageFailure e) {
    Optional<StageSpec> smaller =
        e.type() == StageFailure.Type.OUT_OF_MEMORY
            ? MicroBatches.halved(request.stage().spec())
            : Optional.empty();
    String message =
        smaller.isPresent()
            ? "%s; with '%s' it begins anew, under the key of that"
                .formatted(e.getMessage(), MicroBatches.text(smaller.get()))
            : e.getMessage();
    String type = e.type().wireName();
    tell(request, new RunTracker.StageEnd(type, message, attempt, smaller.isEmpty()));
    throw ApplicationFailure.newNonRetryableFailureWithCause(message, type, e);
  }

  private StageResult retried(
      StageRequest request, int attempt, StageFailures failures, Throwable e) {
    int allowed = request.stage().retry().attemptsWithoutProgress();
    if (failures.count() >= allowed) {
      return failed(
          request,
          attempt,
          new StageFailure(
              StageFailure.Type.NO_PROGRESS,
              "%d attempts in a row failed alike at step %d, the last one with: %s"
                  .formatted(failures.count(), failures.step(), e),
              e));
    }
    String type = e.getClass().getSimpleName();
    tell(request, new RunTracker.StageEnd(type, String.valueOf(e.getMessage()), attempt, false));
    throw ApplicationFailure.newFailureWithCauseAndDelay(
        e.toString(), type, e, failures.backOff(request.stage().retry()));
  }

  /** On a full disk the end of a stage cannot be noted either; it has ended all the same. */
  private void tell(StageRequest request, RunTracker.StageEnd end) {
    try {
      tracker.failed(request.run(), request.stage().name(), end);
    } catch (RuntimeException e) {
      log.warn("end of attempt not noted stage={} reason={}", request.stage().name(), e.toString());
    }
  }
}

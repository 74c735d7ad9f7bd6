package dev.temper.infra.s3;

import dev.temper.trainers.Pulse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Repeats requests until they succeed or time is up.
 *
 * <p>The SDK's own retry is off: it would repeat a conditional put after a lost response and report
 * our own write as somebody else's. Everything here is given calls that may be repeated.
 *
 * @param limit for one call with all its repetitions
 * @param pause waits so many milliseconds
 * @param nanos monotonic time
 * @param pulse beats before each repetition
 * @param again runs before each repetition and ends it by what it throws
 */
record Repeats(Duration limit, Pause pause, LongSupplier nanos, Pulse pulse, Again again) {

  private static final long FIRST_MILLIS = 50;
  private static final long LONGEST_MILLIS = 5_000;
  private static final Set<Integer> STATUS = Set.of(408, 409, 425, 429, 500, 502, 503, 504);

  /** The server looks at our clock, which may have jumped; the SDK has set it right by then. */
  private static final Set<String> CODES =
      Set.of("RequestTimeTooSkewed", "RequestTimeout", "SlowDown", "IncompleteBody", "BadDigest");

  /** Something that may be done again. */
  @FunctionalInterface
  interface Call<T> {
    T run() throws IOException;
  }

  /** Waits; a test does not. */
  @FunctionalInterface
  interface Pause {
    void millis(long millis) throws InterruptedException;
  }

  /** Asks whether something may be done once more; throws if not. */
  @FunctionalInterface
  interface Again {
    void ask() throws IOException;
  }

  Repeats(Duration limit, Pause pause, LongSupplier nanos) {
    this(limit, pause, nanos, Pulse.NONE, () -> {});
  }

  static Repeats of(Duration limit) {
    return new Repeats(limit, Thread::sleep, System::nanoTime);
  }

  Repeats within(Duration other) {
    return new Repeats(other, pause, nanos, pulse, again);
  }

  Repeats beating(Pulse other) {
    return new Repeats(limit, pause, nanos, other, again);
  }

  Repeats asking(Again other) {
    return new Repeats(limit, pause, nanos, pulse, other);
  }

  /**
   * Runs a call.
   *
   * @param what for messages, like {@code PUT s3://bucket/key}
   */
  <T> T call(String what, Call<T> call) throws IOException {
    long start = nanos.getAsLong();
    long longest = FIRST_MILLIS;
    for (int tried = 1; ; tried++) {
      Exception failure;
      try {
        return call.run();
      } catch (AbortedException e) {
        throw interrupted(what, e);
      } catch (DamagedObjectException | InterruptedIOException e) {
        throw e; // is so the next time too
      } catch (SdkException | IOException e) {
        failure = e;
      }
      // Full jitter: many workers whose server comes back must not all come at once.
      long wait = ThreadLocalRandom.current().nextLong(longest / 2, longest + 1);
      longest = Math.min(LONGEST_MILLIS, 2 * longest);
      boolean late = nanos.getAsLong() - start + wait * 1_000_000 > limit.toNanos();
      if (late || !repeatable(failure)) {
        throw failed(what, failure, tried);
      }
      try {
        pause.millis(wait);
      } catch (InterruptedException e) {
        throw interrupted(what, e);
      }
      pulse.beat();
      again.ask();
    }
  }

  private static InterruptedIOException interrupted(String what, Exception cause) {
    Thread.currentThread().interrupt();
    InterruptedIOException interrupted = new InterruptedIOException(what + " was interrupted");
    interrupted.initCause(cause);
    return interrupted;
  }

  /** Whether the server's certificate is not one of those that we believe. */
  static boolean distrusts(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return true;
      }
    }
    return false;
  }

  private static boolean repeatable(Exception failure) {
    if (distrusts(failure)) {
      return false; // it will not be another one a second later
    }
    return !(failure instanceof AwsServiceException e)
        || STATUS.contains(e.statusCode())
        || CODES.contains(code(e));
  }

  static String code(AwsServiceException e) {
    AwsErrorDetails details = e.awsErrorDetails();
    return details == null || details.errorCode() == null ? "" : details.errorCode();
  }

  private static S3Failure failed(String what, Exception failure, int tried) {
    String times = tried == 1 ? "" : " (tried %d times)".formatted(tried);
    if (failure instanceof AwsServiceException e) {
      AwsErrorDetails details = e.awsErrorDetails();
      String message = details == null ? null : details.errorMessage();
      String said = (code(e) + " " + (message == null ? "" : message)).strip();
      return new S3Failure(
          "%s: the server answered %d %s%s".formatted(what, e.statusCode(), said, times),
          e.statusCode(),
          failure);
    }
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return new S3Failure(
        "%s: %s: %s%s".formatted(what, root.getClass().getSimpleName(), root.getMessage(), times),
        0,
        failure);
  }
}

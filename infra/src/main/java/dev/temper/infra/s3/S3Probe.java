package dev.temper.infra.s3;

import dev.temper.activities.StoreUnreachableException;
import dev.temper.activities.StoreUnusableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Finds out at start-up whether a bucket can be used: whether it is there and lets us in, and
 * whether of many conditional puts of one object one wins. Some gateways look and write in two
 * steps: there, two workers could publish the same artifact, or hold the same lease.
 */
final class S3Probe {

  private static final Logger log = LoggerFactory.getLogger(S3Probe.class);
  private static final Duration LIMIT = Duration.ofSeconds(8);
  private static final int WRITERS = 16;
  private static final int ROUNDS = 2;

  private final Bucket bucket;

  S3Probe(Bucket bucket) {
    this.bucket = bucket.with(bucket.repeats().within(LIMIT));
  }

  void run() throws StoreUnusableException {
    String store = "store " + bucket.location();
    try {
      bucket.list("probe/");
      for (int round = 0; round < ROUNDS; round++) {
        race(store);
      }
      compareAndSet(store);
      log.info("{}: of {} conditional puts of one object one wins", store, WRITERS);
    } catch (StoreUnusableException e) {
      throw e;
    } catch (S3Failure e) {
      throw new StoreUnreachableException(
          "%s cannot be used: %s%s".formatted(store, e.getMessage(), hint(e)), e);
    } catch (IOException | SdkException e) {
      throw new StoreUnreachableException(
          "%s cannot be used: %s".formatted(store, e.getMessage()), e);
    }
  }

  private String hint(S3Failure e) {
    return switch (e.status()) {
      case 0 ->
          Repeats.distrusts(e)
              ? "; look at AWS_CA_BUNDLE"
              : "; is AWS_ENDPOINT_URL_S3 right, and the server up?";
      case 403 -> "; look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what they may do";
      case 404 -> "; make the bucket " + bucket.location().bucket() + " first";
      case 301, 400 -> "; look at AWS_REGION and AWS_ENDPOINT_URL_S3";
      default -> "";
    };
  }

  private void race(String store) throws IOException {
    String path = S3Layout.probe(UUID.randomUUID().toString());
    CyclicBarrier together = new CyclicBarrier(WRITERS);
    List<Callable<Integer>> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      byte[] bytes = ("writer " + i).getBytes(StandardCharsets.UTF_8);
      writers.add(
          () -> {
            together.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
            return won(path, bytes) ? 1 : 0;
          });
    }
    int winners = 0;
    ExecutorService pool = Executors.newFixedThreadPool(WRITERS);
    try {
      for (Future<Integer> writer : pool.invokeAll(writers)) {
        winners += writer.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
    } finally {
      pool.shutdownNow();
      bucket.delete(path);
    }
    if (winners > 1) {
      throw new StoreUnusableException(
          ("%s cannot be used: of %d conditional puts (If-None-Match) of one object %d won, and"
                  + " commits need that one does; use another S3 server")
              .formatted(store, WRITERS, winners),
          null);
    }
  }

  /** Without the reading back: two that wrote the same must count as two. */
  private boolean won(String path, byte[] bytes) throws IOException {
    return bucket
        .repeats()
        .call(
            "conditional PUT " + bucket.url(path),
            () -> {
              try {
                bucket.put(path, bytes, put -> put.ifNoneMatch("*"));
                return true;
              } catch (software.amazon.awssdk.services.s3.model.S3Exception e) {
                if (e.statusCode() == 412) {
                  return false;
                }
                throw e;
              }
            });
  }

  private void compareAndSet(String store) throws IOException {
    String path = S3Layout.probe(UUID.randomUUID().toString());
    try {
      Optional<String> first = bucket.putIfAbsent(path, bytes("1"));
      Optional<String> second = bucket.replace(path, bytes("2"), first.orElse(""));
      Optional<String> third = bucket.replace(path, bytes("3"), first.orElse(""));
      if (first.isEmpty() || second.isEmpty() || third.isPresent()) {
        throw new StoreUnusableException(
            "%s cannot be used: its If-Match lets a put pass that was to replace an older version"
                .formatted(store),
            null);
      }
    } finally {
      bucket.delete(path);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

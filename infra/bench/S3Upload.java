import dev.temper.activities.ArtifactStore;
import dev.temper.activities.StageLease;
import dev.temper.activities.Staging;
import dev.temper.infra.Stores;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * Uploads one file with Temper's store, with a plain multipart loop of the SDK, and with the same
 * loop on eight threads, in turns, and prints what each reached.
 *
 * <p>{@code java -cp CLASSPATH S3Upload.java s3://BUCKET/PREFIX MIB ROUNDS SCRATCH}
 */
final class S3Upload {

  private static final int PART = 16 << 20;
  private static final int THREADS = 8;

  private S3Upload() {}

  private interface Upload {
    void run(String name) throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    URI location = URI.create(arguments[0]);
    int size = Integer.parseInt(arguments[1]) << 20;
    int rounds = Integer.parseInt(arguments[2]);
    byte[] bytes = new byte[size];
    new Random(1).nextBytes(bytes);
    ByteBuffer direct = ByteBuffer.allocateDirect(size).put(bytes).flip();
    ExecutorService one = Executors.newSingleThreadExecutor();
    ExecutorService eight = Executors.newFixedThreadPool(THREADS);
    try (S3Client client = client();
        ArtifactStore store =
            Stores.open(arguments[0], System.getenv(), Path.of(arguments[3], "cache"))) {
      makeBucket(client, location.getHost());
      store.probe();
      String prefix = location.getPath().substring(1) + "/plain/";
      List<Upload> uploads =
          List.of(
              name -> temper(store, name, direct),
              name -> plain(client, one, location.getHost(), prefix + name, bytes),
              name -> plain(client, eight, location.getHost(), prefix + name, bytes));
      List<String> names =
          List.of("Temper's store", "SDK loop, one thread", "SDK loop, " + THREADS + " threads");
      double[][] seconds = new double[uploads.size()][rounds];
      for (int round = -1; round < rounds; round++) { // the first one warms up
        for (int i = 0; i < uploads.size(); i++) {
          long start = System.nanoTime();
          uploads.get(i).run("round-" + round + "-" + i);
          if (round >= 0) {
            seconds[i][round] = (System.nanoTime() - start) / 1e9;
          }
        }
      }
      double temper = size / 1e6 / median(seconds[0]);
      for (int i = 0; i < uploads.size(); i++) {
        double reached = size / 1e6 / median(seconds[i]);
        System.out.printf(
            Locale.ROOT,
            "%-22s %8.1f MB/s   Temper is at %3.0f %%%n",
            names.get(i),
            reached,
            100 * temper / reached);
      }
    } finally {
      one.shutdown();
      eight.shutdown();
    }
  }

  private static S3Client client() {
    var client = S3Client.builder().httpClientBuilder(Apache5HttpClient.builder());
    String endpoint = System.getenv("AWS_ENDPOINT_URL_S3");
    if (endpoint != null) {
      client
          .endpointOverride(URI.create(endpoint))
          .forcePathStyle(true)
          .region(Region.US_EAST_1);
    }
    return client.build();
  }

  private static void makeBucket(S3Client client, String bucket) throws InterruptedException {
    for (int tried = 1; ; tried++) {
      try {
        client.createBucket(create -> create.bucket(bucket));
        return;
      } catch (BucketAlreadyOwnedByYouException e) {
        return;
      } catch (RuntimeException e) {
        if (tried == 50) {
          throw e;
        }
        Thread.sleep(200); // the server is starting
      }
    }
  }

  private static void temper(ArtifactStore store, String name, ByteBuffer bytes)
      throws Exception {
    try (StageLease lease = store.lease("bench-" + name, "bench", holder -> {});
        Staging staging = lease.begin()) {
      staging.file("weights", bytes);
    }
  }

  private static void plain(
      S3Client client, ExecutorService pool, String bucket, String key, byte[] bytes)
      throws Exception {
    String upload =
        client.createMultipartUpload(create -> create.bucket(bucket).key(key)).uploadId();
    List<Future<CompletedPart>> parts = new ArrayList<>();
    for (int offset = 0; offset < bytes.length; offset += PART) {
      int number = parts.size() + 1;
      ByteBuffer part = ByteBuffer.wrap(bytes, offset, Math.min(PART, bytes.length - offset));
      parts.add(
          pool.submit(
              () ->
                  CompletedPart.builder()
                      .partNumber(number)
                      .eTag(
                          client
                              .uploadPart(
                                  put ->
                                      put.bucket(bucket)
                                          .key(key)
                                          .uploadId(upload)
                                          .partNumber(number),
                                  RequestBody.fromRemainingByteBuffer(part))
                              .eTag())
                      .build()));
    }
    List<CompletedPart> done = new ArrayList<>();
    for (Future<CompletedPart> part : parts) {
      done.add(part.get());
    }
    client.completeMultipartUpload(
        complete ->
            complete
                .bucket(bucket)
                .key(key)
                .uploadId(upload)
                .multipartUpload(all -> all.parts(done)));
    client.deleteObject(delete -> delete.bucket(bucket).key(key));
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    java.util.Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}

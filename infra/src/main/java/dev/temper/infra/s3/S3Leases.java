package dev.temper.infra.s3;

import dev.temper.activities.FencedException;
import dev.temper.activities.LeaseWait;
import dev.temper.activities.StageLease;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may write for a stage key, among all hosts that share the bucket.
 *
 * <p>A lease is one small object that is only ever replaced by whoever saw its newest version. Its
 * holder renews it in the background; every publication replaces it first, so that a holder that
 * was taken over, however long it slept, finds out before anything of its own becomes visible.
 */
final class S3Leases implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(S3Leases.class);

  private final Bucket bucket;
  private final S3Json json;
  private final LeaseTerms terms;
  private final Map<String, Grant> held = new ConcurrentHashMap<>();
  private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();
  private final ScheduledExecutorService renewer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "lease-renewer");
            thread.setDaemon(true);
            return thread;
          });

  private final Future<?> renewals;

  S3Leases(Bucket bucket, S3Json json, LeaseTerms terms) {
    this.bucket = bucket;
    this.json = json;
    this.terms = terms;
    long every = terms.renewEvery().toMillis();
    this.renewals =
        renewer.scheduleWithFixedDelay(this::renewAll, every, every, TimeUnit.MILLISECONDS);
  }

  Grant acquire(String key, String owner, LeaseWait wait) throws IOException, InterruptedException {
    LeaseWatch watch = new LeaseWatch(terms);
    while (true) {
      Attempt attempt = attempt(key, owner, watch);
      if (attempt.grant().isPresent()) {
        return attempt.grant().get();
      }
      if (attempt.holder().isEmpty()) {
        continue; // somebody was faster just now: look who
      }
      wait.waiting(attempt.holder());
      TimeUnit.NANOSECONDS.sleep(terms.look().toNanos());
    }
  }

  /** The lease, unless somebody else has it or had it a moment ago. */
  Optional<Grant> tryAcquire(String key, String owner) throws IOException {
    return attempt(key, owner, new LeaseWatch(terms)).grant();
  }

  /** The lease, unless somebody else has it and renews it: whoever was killed does not. */
  Optional<Grant> acquireSoon(String key, String owner) throws IOException, InterruptedException {
    long start = terms.nanos().getAsLong();
    LeaseWatch watch = new LeaseWatch(terms);
    while (true) {
      Attempt attempt = attempt(key, owner, watch);
      long waited = terms.nanos().getAsLong() - start;
      if (attempt.grant().isPresent() || waited > 2 * terms.term().toNanos()) {
        return attempt.grant();
      }
      TimeUnit.NANOSECONDS.sleep(terms.look().toNanos());
    }
  }

  private record Attempt(Optional<Grant> grant, String holder) {}

  private Attempt attempt(String key, String owner, LeaseWatch watch) throws IOException {
    ReentrantLock lock = lockOf(key);
    lock.lock();
    try {
      String path = S3Layout.lease(key);
      Optional<Bucket.Stored> there = bucket.get(path);
      String holder = UUID.randomUUID().toString();
      if (there.isEmpty()) {
        LeaseRecord first = LeaseRecord.first(owner, holder, terms.term().toSeconds());
        return granted(key, first, bucket.putIfAbsent(path, json.write(first)));
      }
      LeaseRecord now = json.read(bucket.url(path), there.get().bytes(), LeaseRecord.class);
      boolean mine = now.owner().equals(owner);
      if (!now.free() && !mine && !watch.ended(now, there.get().etag())) {
        return new Attempt(Optional.empty(), now.owner());
      }
      LeaseRecord next = now.taken(owner, holder, terms.term().toSeconds());
      return granted(key, next, bucket.replace(path, json.write(next), there.get().etag()));
    } finally {
      lock.unlock();
    }
  }

  private Attempt granted(String key, LeaseRecord record, Optional<String> etag)
      throws IOException {
    if (etag.isEmpty()) {
      return new Attempt(Optional.empty(), "");
    }
    Grant grant = new Grant(key, record, etag.get());
    Grant before = held.put(key, grant);
    if (before != null) {
      before.lost = true;
    }
    try {
      endIntent(key, record.intent());
      grant.open = "";
    } catch (IOException | RuntimeException e) {
      grant.close();
      throw e;
    }
    return new Attempt(Optional.of(grant), record.owner());
  }

  /**
   * Ends the publication of whoever had the lease before and was stopped in the middle: its own put
   * may still arrive, so its files must not be swept.
   */
  private void endIntent(String key, String commit) throws IOException {
    if (commit.isEmpty()) {
      return;
    }
    String staged = S3Layout.commit(key, commit) + S3Layout.MANIFEST;
    Optional<Bucket.Stored> manifest = bucket.get(staged);
    if (manifest.isPresent()) {
      boolean done = bucket.putIfAbsent(S3Layout.artifact(key), manifest.get().bytes()).isPresent();
      log.info(
          "publication ended for an earlier attempt key={} commit={} won={}", key, commit, done);
    }
  }

  private ReentrantLock lockOf(String key) {
    return locks.computeIfAbsent(key, ignored -> new ReentrantLock());
  }

  private void renewAll() {
    for (Grant grant : List.copyOf(held.values())) {
      try {
        grant.renew();
      } catch (IOException | RuntimeException e) {
        // The next renewal may succeed; if not, the next publication finds out.
        log.warn("lease of {} was not renewed: {}", grant.owner(), e.getMessage());
      }
    }
  }

  @Override
  public void close() {
    renewals.cancel(true);
    renewer.shutdownNow();
  }

  /** One lease, for as long as nobody has taken it over. */
  final class Grant implements AutoCloseable {

    private final String key;
    private LeaseRecord record;
    private String etag;
    private String open;
    private volatile boolean lost;

    private Grant(String key, LeaseRecord record, String etag) {
      this.key = key;
      this.record = record;
      this.etag = etag;
      this.open = record.intent();
    }

    long epoch() {
      return record.epoch();
    }

    String owner() {
      return record.owner();
    }

    void check() {
      if (lost) {
        throw new FencedException(
            "epoch %d of %s has ended, or a later attempt has taken it over"
                .formatted(record.epoch(), record.owner()));
      }
    }

    /** Runs the action after the store has confirmed that nobody has taken over. */
    <T> T whileHeld(StageLease.Action<T> action) throws IOException {
      ReentrantLock lock = lockOf(key);
      lock.lock();
      try {
        replace(bucket, record.renewed(open));
        return action.run();
      } finally {
        lock.unlock();
      }
    }

    /**
     * Likewise, after the store has taken note of what is going to be published. If the action
     * fails, nobody knows whether its put will still arrive, and the note stays.
     */
    <T> T publishing(String commit, StageLease.Action<T> action) throws IOException {
      ReentrantLock lock = lockOf(key);
      lock.lock();
      try {
        open = commit;
        replace(bucket, record.renewed(open));
        T result = action.run();
        open = "";
        return result;
      } finally {
        lock.unlock();
      }
    }

    /** Not while it is being replaced anyway. */
    private void renew() throws IOException {
      ReentrantLock lock = lockOf(key);
      if (lost || !lock.tryLock()) {
        return;
      }
      try {
        replace(bucket.with(bucket.repeats().within(terms.renewEvery())), record.renewed(open));
      } catch (FencedException e) {
        log.warn("lease was taken over: {}", e.getMessage());
      } finally {
        lock.unlock();
      }
    }

    private void replace(Bucket in, LeaseRecord next) throws IOException {
      check();
      Optional<String> put = in.replace(S3Layout.lease(key), json.write(next), etag);
      if (put.isEmpty()) {
        lost = true;
        held.remove(key, this);
        check();
      }
      record = next;
      etag = put.orElseThrow();
    }

    @Override
    public void close() throws IOException {
      ReentrantLock lock = lockOf(key);
      lock.lock();
      try {
        held.remove(key, this);
        if (!lost) {
          replace(bucket, record.freed(open));
          lost = true;
        }
      } catch (FencedException e) {
        // nothing to give back
      } finally {
        lock.unlock();
      }
    }
  }
}

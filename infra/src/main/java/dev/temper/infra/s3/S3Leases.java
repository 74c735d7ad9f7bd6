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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "lease-clock"));

  /** As many threads as leases: one that hangs must not keep the others. */
  private final ExecutorService renewers =
      Executors.newCachedThreadPool(task -> daemon(task, "lease-renewer"));

  private final Future<?> renewals;

  S3Leases(Bucket bucket, S3Json json, LeaseTerms terms) {
    this.bucket = bucket;
    this.json = json;
    this.terms = terms;
    long every = terms.renewEvery().toMillis();
    this.renewals = clock.scheduleAtFixedRate(this::renewAll, every, every, TimeUnit.MILLISECONDS);
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Waits for the lease.
   *
   * @param in by which its holder will ask for it
   */
  Grant acquire(Bucket in, String key, String owner, LeaseWait wait)
      throws IOException, InterruptedException {
    LeaseWatch watch = new LeaseWatch(terms);
    while (true) {
      Attempt attempt = attempt(in, key, owner, watch, wait::asking);
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
  Optional<Grant> tryAcquire(Bucket in, String key, String owner) throws IOException {
    return attempt(in, key, owner, new LeaseWatch(terms), () -> {}).grant();
  }

  /** The lease, unless somebody else has it and renews it: whoever was killed does not. */
  Optional<Grant> acquireSoon(Bucket in, String key, String owner)
      throws IOException, InterruptedException {
    long start = terms.nanos().getAsLong();
    LeaseWatch watch = new LeaseWatch(terms);
    while (true) {
      Attempt attempt = attempt(in, key, owner, watch, () -> {});
      long waited = terms.nanos().getAsLong() - start;
      if (attempt.grant().isPresent() || waited > 2 * terms.term().toNanos()) {
        return attempt.grant();
      }
      TimeUnit.NANOSECONDS.sleep(terms.look().toNanos());
    }
  }

  /** Whether a publication of the key was begun and not ended. */
  boolean isOpen(Bucket in, String key) throws IOException {
    Optional<Bucket.Stored> there = in.get(S3Layout.lease(key));
    return there.isPresent() && !read(key, there.get()).intent().isEmpty();
  }

  private LeaseRecord read(String key, Bucket.Stored stored) throws IOException {
    return json.read(bucket.url(S3Layout.lease(key)), stored.bytes(), LeaseRecord.class);
  }

  private record Attempt(Optional<Grant> grant, String holder) {}

  private Attempt attempt(
      Bucket in, String key, String owner, LeaseWatch watch, Repeats.Again again)
      throws IOException {
    ReentrantLock lock = lockOf(key);
    lock.lock();
    try {
      String path = S3Layout.lease(key);
      // Whoever slept, or waited for the server, may have been replaced meanwhile.
      Bucket asking = in.asking(again);
      Optional<Bucket.Stored> there = asking.get(path);
      again.ask();
      String holder = UUID.randomUUID().toString();
      if (there.isEmpty()) {
        LeaseRecord first = LeaseRecord.first(owner, holder, terms.term().toSeconds());
        return granted(in, key, first, asking.putIfAbsent(path, json.write(first)));
      }
      LeaseRecord now = read(key, there.get());
      boolean mine = now.owner().equals(owner);
      if (!now.free() && !mine && !watch.ended(now, there.get().etag())) {
        return new Attempt(Optional.empty(), now.owner());
      }
      LeaseRecord next = now.taken(owner, holder, terms.term().toSeconds());
      return granted(in, key, next, asking.replace(path, json.write(next), there.get().etag()));
    } finally {
      lock.unlock();
    }
  }

  private Attempt granted(Bucket in, String key, LeaseRecord record, Optional<String> etag)
      throws IOException {
    if (etag.isEmpty()) {
      return new Attempt(Optional.empty(), "");
    }
    Grant grant = new Grant(in, key, record, etag.get());
    Grant before = held.put(key, grant);
    if (before != null) {
      before.lost = true;
    }
    try {
      if (!record.intent().isEmpty()) {
        endIntent(in, key, record.intent());
        grant.open = "";
        grant.confirm(); // or it would be ended once more, whatever becomes of the artifact
      }
    } catch (IOException | RuntimeException e) {
      grant.close();
      throw e;
    }
    return new Attempt(Optional.of(grant), record.owner());
  }

  /**
   * Ends the publication of whoever had the lease before and was stopped in the middle: its own put
   * may still arrive, so its files must not be swept. A commit of which something is gone is none.
   */
  private void endIntent(Bucket in, String key, String commit) throws IOException {
    String staged = S3Layout.commit(key, commit) + S3Layout.MANIFEST;
    Optional<Bucket.Stored> manifest = in.get(staged);
    if (manifest.isEmpty()) {
      return;
    }
    byte[] bytes = manifest.get().bytes();
    try {
      new CommitFiles(in)
          .require(key, staged, json.read(in.url(staged), bytes, CommittedArtifact.class));
    } catch (DamagedObjectException | IllegalArgumentException e) {
      log.warn("publication of an earlier attempt was dropped key={}: {}", key, e.getMessage());
      return;
    }
    boolean done = in.putIfAbsent(S3Layout.artifact(key), bytes).isPresent();
    log.info("publication ended for an earlier attempt key={} commit={} won={}", key, commit, done);
  }

  private ReentrantLock lockOf(String key) {
    return locks.computeIfAbsent(key, ignored -> new ReentrantLock());
  }

  private void renewAll() {
    for (Grant grant : List.copyOf(held.values())) {
      if (grant.renewing.compareAndSet(false, true)) {
        renewers.execute(() -> renew(grant));
      }
    }
  }

  private static void renew(Grant grant) {
    try {
      grant.renew();
    } catch (IOException | RuntimeException e) {
      // The next renewal may succeed; if not, the next publication finds out.
      log.warn("lease of {} was not renewed: {}", grant.owner(), e.getMessage());
    } finally {
      grant.renewing.set(false);
    }
  }

  @Override
  public void close() {
    renewals.cancel(true);
    clock.shutdownNow();
    renewers.shutdownNow();
  }

  /** One lease, for as long as nobody has taken it over. */
  final class Grant implements AutoCloseable {

    private final Bucket in;
    private final String key;
    private final AtomicBoolean renewing = new AtomicBoolean();
    private LeaseRecord record;
    private String etag;
    private String open;
    private volatile boolean lost;

    private Grant(Bucket in, String key, LeaseRecord record, String etag) {
      this.in = in;
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

    /** Has the store confirm that nobody has taken over, and renews the lease. */
    void confirm() throws IOException {
      whileHeld(() -> null);
    }

    /** Runs the action after the store has confirmed that nobody has taken over. */
    <T> T whileHeld(StageLease.Action<T> action) throws IOException {
      ReentrantLock lock = lockOf(key);
      lock.lock();
      try {
        replace(in, record.renewed(open));
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
        replace(in, record.renewed(open));
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
        Repeats few = bucket.repeats().within(terms.renewEvery());
        replace(bucket.with(few).hasty(terms.request()), record.renewed(open));
      } catch (FencedException e) {
        log.warn("lease was taken over: {}", e.getMessage());
      } finally {
        lock.unlock();
      }
    }

    private void replace(Bucket by, LeaseRecord next) throws IOException {
      check();
      byte[] bytes = json.write(next);
      Optional<String> put = by.replace(S3Layout.lease(key), bytes, etag);
      while (put.isEmpty()) {
        Optional<Bucket.Stored> there = by.get(S3Layout.lease(key));
        if (there.isEmpty() || !isMine(read(key, there.get()))) {
          lost = true;
          held.remove(key, this);
          check();
        }
        // A renewal that was given up has arrived after all.
        etag = there.orElseThrow().etag();
        put = by.replace(S3Layout.lease(key), bytes, etag);
      }
      record = next;
      etag = put.orElseThrow();
    }

    private boolean isMine(LeaseRecord there) {
      return there.epoch() == record.epoch() && there.holder().equals(record.holder());
    }

    @Override
    public void close() throws IOException {
      ReentrantLock lock = lockOf(key);
      lock.lock();
      try {
        held.remove(key, this);
        if (!lost) {
          replace(in, record.freed(open));
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

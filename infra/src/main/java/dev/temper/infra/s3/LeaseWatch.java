package dev.temper.infra.s3;

/**
 * Watches somebody else's lease and says when it has ended: when it has not changed for as long as
 * it promises to be renewed within, by our own monotonic clock.
 *
 * <p>If we could not look for a while, the server was probably out of reach for its holder too;
 * then the watch begins anew.
 */
final class LeaseWatch {

  private final LeaseTerms terms;
  private String etag = "";
  private long since;
  private long looked;

  LeaseWatch(LeaseTerms terms) {
    this.terms = terms;
  }

  /** Tells what was seen just now. */
  boolean ended(LeaseRecord lease, String seen) {
    long now = terms.nanos().getAsLong();
    long term = lease.seconds() * 1_000_000_000L;
    if (!seen.equals(etag) || now - looked > Math.max(term / 2, 3 * terms.look().toNanos())) {
      etag = seen;
      since = now;
    }
    looked = now;
    return now - since >= term;
  }
}

package dev.temper.infra.s3;

/**
 * Who writes for a key, as it stands in the store. Holds no time of day: whether a lease has ended
 * is seen by those who wait, on their own clock, from its not being renewed.
 *
 * @param epoch raised each time the lease is given
 * @param owner run and stage
 * @param holder random, of one attempt; empty while nobody holds it
 * @param beat raised each time it is renewed
 * @param seconds without a renewal after which another owner may take it
 * @param intent commit of the artifact that is being published: whoever takes over ends it first;
 *     empty if none is
 */
record LeaseRecord(
    long epoch, String owner, String holder, long beat, long seconds, String intent) {

  static LeaseRecord first(String owner, String holder, long seconds) {
    return new LeaseRecord(1, owner, holder, 0, seconds, "");
  }

  boolean free() {
    return holder.isEmpty();
  }

  /** Given to somebody else, or to a later attempt. */
  LeaseRecord taken(String newOwner, String newHolder, long newSeconds) {
    return new LeaseRecord(epoch + 1, newOwner, newHolder, 0, newSeconds, intent);
  }

  LeaseRecord renewed(String newIntent) {
    return new LeaseRecord(epoch, owner, holder, beat + 1, seconds, newIntent);
  }

  LeaseRecord freed(String newIntent) {
    return new LeaseRecord(epoch, owner, "", beat + 1, seconds, newIntent);
  }
}

package dev.temper.activities;

/** What happens until a lease is given. */
public interface LeaseWait {

  /** Called every so often while waiting; throws to give up. */
  void waiting(String holder);

  /**
   * Called right before the lease is asked for, each time; throws to give up. An attempt that was
   * replaced while it slept must not take the lease from the one that replaced it.
   */
  default void asking() {}
}

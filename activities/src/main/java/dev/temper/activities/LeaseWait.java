package dev.temper.activities;

/** What happens while another run makes the same artifact. */
public interface LeaseWait {

  /** Called every so often while waiting; throws to give up. */
  void waiting(String holder);
}

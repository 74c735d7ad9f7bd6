package dev.temper.trainers.data;

/** Counts what came before, by its hash: texts that were seen are not held. */
final class Duplicates {

  private final PromptIds hashes = new PromptIds();
  private int added;

  void add(String... texts) {
    StringBuilder all = new StringBuilder();
    for (String text : texts) {
      all.append(text.length()).append(':').append(text);
    }
    hashes.next(all.toString());
    added++;
  }

  int count() {
    return added - hashes.distinct();
  }
}

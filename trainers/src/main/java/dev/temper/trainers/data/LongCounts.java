package dev.temper.trainers.data;

import java.util.Arrays;

/** How often each of many numbers came: 12 bytes for each different one, and some room. */
final class LongCounts {

  private static final double FULL = 0.6;

  private long[] keys = new long[64];
  private int[] counts = new int[64];
  private int distinct;

  /** Counts a number; how often it came before. */
  int next(long key) {
    if (distinct >= keys.length * FULL) {
      grow();
    }
    int slot = slot(key);
    if (counts[slot] == 0) {
      keys[slot] = key;
      distinct++;
    }
    return counts[slot]++;
  }

  int distinct() {
    return distinct;
  }

  private int slot(long key) {
    int slot = (int) ((key * 0x9E3779B97F4A7C15L) >>> 33) % keys.length;
    while (counts[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) % keys.length;
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldCounts = counts;
    keys = new long[Math.multiplyExact(oldKeys.length, 2)];
    counts = new int[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldCounts[i] != 0) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        counts[slot] = oldCounts[i];
      }
    }
    Arrays.fill(oldCounts, 0);
  }
}

package dev.temper.trainers.random;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Random numbers that are pure functions of (seed, purpose, step, subject, sample, position).
 *
 * <p>Source: Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011), Philox4x32-10.
 * Key: the first 64 bits of SHA-256(seed, purpose). Counter: 128 bits, of which step, sample and
 * position take 32, 16 and 16 and the subject (a prompt's id, a row's index) 64, mixed into them.
 */
public final class NamedRandom {

  private static final int MULTIPLIER_A = 0xD2511F53;
  private static final int MULTIPLIER_B = 0xCD9E8D57;
  private static final int WEYL_A = 0x9E3779B9;
  private static final int WEYL_B = 0xBB67AE85;

  private final int keyA;
  private final int keyB;

  public NamedRandom(long seed, String purpose) {
    byte[] name = purpose.getBytes(StandardCharsets.UTF_8);
    ByteBuffer text = ByteBuffer.allocate(Long.BYTES + name.length).putLong(seed).put(name).flip();
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(text);
      ByteBuffer hash = ByteBuffer.wrap(digest.digest());
      this.keyA = hash.getInt();
      this.keyB = hash.getInt();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A float in [0, 1) with 24 bits. */
  public float uniform(long step, long subject, int sample, int position) {
    return (bits(step, subject, sample, position) >>> 8) * 0x1p-24f;
  }

  /** A double in [0, 1) with 53 bits. */
  public double uniformDouble(long step, long subject, int sample, int position) {
    int[] block = block(step, subject, sample, position);
    long high = block[0] & 0xFFFFFFFFL;
    long low = block[1] & 0xFFFFFFFFL;
    return (((high << 32) | low) >>> 11) * 0x1p-53;
  }

  /** An int in [0, bound), of a bias below bound / 2^53. */
  public int below(int bound, long step, long subject, int sample, int position) {
    return (int) (uniformDouble(step, subject, sample, position) * bound);
  }

  /** A standard normal number (Box-Muller). */
  public double gaussian(long step, long subject, int sample, int position) {
    int[] block = block(step, subject, sample, position);
    double radius = ((block[0] & 0xFFFFFFFFL) + 1) * 0x1p-32;
    double angle = (block[1] & 0xFFFFFFFFL) * 0x1p-32;
    return Math.sqrt(-2 * Math.log(radius)) * Math.cos(2 * Math.PI * angle);
  }

  /** The numbers 0 to n - 1 in an order that depends on step alone (Fisher-Yates). */
  public int[] permutation(int n, long step) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = below(i + 1, step, i, 0, 0);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private int bits(long step, long subject, int sample, int position) {
    return block(step, subject, sample, position)[0];
  }

  private int[] block(long step, long subject, int sample, int position) {
    int[] counter = {
      (int) step, (int) subject, (int) (subject >>> 32), (sample << 16) ^ (position & 0xFFFF)
    };
    return philox(counter, keyA, keyB);
  }

  /** Ten rounds of Philox4x32. */
  static int[] philox(int[] counter, int keyA, int keyB) {
    int c0 = counter[0];
    int c1 = counter[1];
    int c2 = counter[2];
    int c3 = counter[3];
    int a = keyA;
    int b = keyB;
    for (int round = 0; round < 10; round++) {
      long left = (MULTIPLIER_A & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
      long right = (MULTIPLIER_B & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
      c0 = (int) (right >>> 32) ^ c1 ^ a;
      c1 = (int) right;
      c2 = (int) (left >>> 32) ^ c3 ^ b;
      c3 = (int) left;
      a += WEYL_A;
      b += WEYL_B;
    }
    return new int[] {c0, c1, c2, c3};
  }
}

package dev.temper.trainers.stage;

/**
 * The 95 % score interval of a share.
 *
 * <p>Source: Wilson, "Probable inference, the law of succession, and statistical inference" (JASA
 * 1927): {@code (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)}, z = 1.96.
 */
record Wilson(double low, double high) {

  private static final double Z = 1.959963984540054;

  /**
   * @param successes of {@code trials}; halves are allowed
   * @param trials at least 1
   */
  static Wilson of(double successes, int trials) {
    double share = successes / trials;
    double z2 = Z * Z / trials;
    double centre = (share + z2 / 2) / (1 + z2);
    double half = Z * Math.sqrt(share * (1 - share) / trials + z2 / (4 * trials)) / (1 + z2);
    return new Wilson(Math.max(0, centre - half), Math.min(1, centre + half));
  }
}

package dev.temper.trainers.estimate;

/**
 * An estimate with its 95 % interval.
 *
 * @param estimate on the prompts as they are
 * @param low 2.5th percentile
 * @param high 97.5th percentile
 * @param n prompts
 */
public record Interval(double estimate, double low, double high, int n) {}

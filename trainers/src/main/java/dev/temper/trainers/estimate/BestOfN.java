package dev.temper.trainers.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * What the best of n samples by a proxy is worth, for every n from one set of N samples a prompt.
 *
 * <p>Source: the estimator of WebGPT, arXiv:2112.09332, appendix I: the mean over all subsets of n
 * of the N samples, unbiased. With the samples of a prompt in ascending order of proxy,
 *
 * <pre>
 *   value(n)  = sum_{i=1..N} w[i] * measured[i],  w[i] = C(i-1, n-1) / C(N, n)
 *   KL(n)    &lt;= log n - (n-1)/n    nats, with equality if no two samples can tie
 * </pre>
 *
 * <p>Samples that tie by proxy share their weights equally, as a best-of-n that breaks ties at
 * random. Ties also make best-of-n diverge less: a class of tied samples between the shares a and b
 * of the distribution is picked with probability {@code q = b^n - a^n} instead of {@code p = b - a}
 * and uniformly within, so that it contributes {@code q log(q / p)} instead of the integral of
 * {@code n u^(n-1) log(n u^(n-1))} from a to b. Shares are taken from the samples; a sample without
 * a tie counts as a piece of a continuous distribution.
 */
public final class BestOfN {

  private final double[][] proxy;
  private final List<List<TieClass>> classes;

  /**
   * @param proxy {@code [prompts][samples of the prompt]}, not NaN, by which the best is picked
   */
  public BestOfN(double[][] proxy) {
    this.proxy = proxy;
    this.classes = Arrays.stream(proxy).map(BestOfN::tieClasses).toList();
  }

  /** {@code log n - (n-1)/n}, in nats: the divergence without ties. */
  public static double klUpperBound(int n) {
    return Math.log(n) - (n - 1.0) / n;
  }

  /**
   * The expected measurement of the best of n, for each prompt.
   *
   * @param measured {@code [prompts][samples]}, of the same samples (the proxy itself, gold, ...)
   * @param n from 1 to the samples of every prompt
   */
  public double[] values(double[][] measured, int n) {
    if (measured.length != proxy.length) {
      throw new IllegalArgumentException(
          "measurements must be of the samples of the proxy, got %d and %d prompts"
              .formatted(measured.length, proxy.length));
    }
    double[] values = new double[proxy.length];
    for (int prompt = 0; prompt < proxy.length; prompt++) {
      if (measured[prompt].length != proxy[prompt].length) {
        throw new IllegalArgumentException(
            "measurements must be of the samples of the proxy, got %d and %d of prompt %d"
                .formatted(measured[prompt].length, proxy[prompt].length, prompt));
      }
      double[] weights = weights(requireN(n, prompt), n);
      for (TieClass tied : classes.get(prompt)) {
        double weight = tied.sum(weights) / tied.size();
        for (int sample : tied.samples()) {
          values[prompt] += weight * measured[prompt][sample];
        }
      }
    }
    return values;
  }

  /** KL(best-of-n || policy) of each prompt, in nats, corrected for ties. */
  public double[] kl(int n) {
    double[] kl = new double[proxy.length];
    for (int prompt = 0; prompt < proxy.length; prompt++) {
      double samples = requireN(n, prompt);
      kl[prompt] = klUpperBound(n);
      for (TieClass tied : classes.get(prompt)) {
        if (tied.size() > 1) {
          double low = tied.start() / samples;
          double high = (tied.start() + tied.size()) / samples;
          kl[prompt] -= continuousKl(high, n) - continuousKl(low, n) - atomKl(low, high, n);
        }
      }
    }
    return kl;
  }

  private int requireN(int n, int prompt) {
    int samples = proxy[prompt].length;
    if (n < 1 || n > samples) {
      throw new IllegalArgumentException(
          "n must be from 1 to the samples of the prompt, got %d with %d samples of prompt %d"
              .formatted(n, samples, prompt));
    }
    return samples;
  }

  /** {@code w[0..N-1]}, from the top down: no binomial coefficient is ever formed. */
  static double[] weights(int samples, int n) {
    double[] weights = new double[samples];
    double weight = n / (double) samples;
    for (int rank = samples; rank >= n; rank--) {
      weights[rank - 1] = weight;
      weight *= (rank - n) / (rank - 1.0);
    }
    return weights;
  }

  /** Integral from 0 to u of {@code n v^(n-1) log(n v^(n-1)) dv}. */
  private static double continuousKl(double u, int n) {
    return u == 0 ? 0 : Math.pow(u, n) * (Math.log(n) + (n - 1) * (Math.log(u) - 1.0 / n));
  }

  private static double atomKl(double low, double high, int n) {
    double picked = Math.pow(high, n) - Math.pow(low, n);
    return picked == 0 ? 0 : picked * Math.log(picked / (high - low));
  }

  private static List<TieClass> tieClasses(double[] proxy) {
    int[] order = new int[proxy.length];
    Arrays.setAll(order, i -> i);
    int[] ascending =
        Arrays.stream(order)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> proxy[i]))
            .mapToInt(i -> i)
            .toArray();
    List<TieClass> classes = new ArrayList<>();
    int start = 0;
    for (int end = 1; end <= ascending.length; end++) {
      if (Double.isNaN(proxy[ascending[end - 1]])) {
        throw new IllegalArgumentException("proxy must not be NaN");
      }
      if (end == ascending.length || proxy[ascending[end]] != proxy[ascending[start]]) {
        classes.add(new TieClass(start, Arrays.copyOfRange(ascending, start, end)));
        start = end;
      }
    }
    return classes;
  }

  /**
   * Samples of equal proxy.
   *
   * @param start samples with a lower proxy
   */
  private record TieClass(int start, int[] samples) {
    int size() {
      return samples.length;
    }

    /** Of the weights of their ranks. */
    double sum(double[] weights) {
      double sum = 0;
      for (int rank = start; rank < start + samples.length; rank++) {
        sum += weights[rank];
      }
      return sum;
    }
  }
}

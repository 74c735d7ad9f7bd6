package dev.temper.trainers.model.family;

import java.util.ArrayList;
import java.util.List;

/** YaRN (arXiv:2309.00071): a ramp over the dimensions between stretched and kept frequencies. */
final class YarnScaling {

  private YarnScaling() {}

  static Rope rope(RopeScaling.Fields fields, double theta, double[] plain) {
    double factor = fields.number("factor");
    double original = fields.number("original_max_position_embeddings", fields.maxPositions());
    int headDim = 2 * plain.length;
    double low = dimension(fields.number("beta_fast", 32), headDim, theta, original);
    double high = dimension(fields.number("beta_slow", 1), headDim, theta, original);
    if (fields.flag("truncate", true)) {
      low = Math.floor(low);
      high = Math.ceil(high);
    }
    low = Math.max(low, 0);
    high = Math.min(high, headDim - 1.0);
    if (low == high) {
      high += 0.001;
    }
    List<Double> frequencies = new ArrayList<>();
    for (int i = 0; i < plain.length; i++) {
      double stretched = Math.min(Math.max((i - low) / (high - low), 0), 1);
      frequencies.add(plain[i] / factor * stretched + plain[i] * (1 - stretched));
    }
    return new Rope(theta, frequencies, attentionFactor(fields, factor));
  }

  /** The dimension that turns so often over the original positions. */
  private static double dimension(double rotations, int headDim, double theta, double original) {
    return headDim * Math.log(original / (rotations * 2 * Math.PI)) / (2 * Math.log(theta));
  }

  private static double attentionFactor(RopeScaling.Fields fields, double factor) {
    double given = fields.number("attention_factor");
    double scale = fields.number("mscale", 0);
    double allDimensions = fields.number("mscale_all_dim", 0);
    if (!Double.isNaN(given)) {
      return given;
    }
    return scale != 0 && allDimensions != 0
        ? magnitude(factor, scale) / magnitude(factor, allDimensions)
        : magnitude(factor, 1);
  }

  private static double magnitude(double factor, double scale) {
    return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
  }
}

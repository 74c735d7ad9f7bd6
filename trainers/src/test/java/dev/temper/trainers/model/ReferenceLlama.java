package dev.temper.trainers.model;

import dev.temper.trainers.model.family.ModelConfig;
import dev.temper.trainers.model.family.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/** The Llama forward pass as plain loops in float64, one token at a time. */
final class ReferenceLlama {

  private final Shape c;
  private final double ropeTheta;
  private final Map<String, StoredTensor> weights;
  private final Map<String, FloatBuffer> values = new HashMap<>();

  ReferenceLlama(ModelConfig config, Map<String, ByteBuffer> files) throws java.io.IOException {
    this.c = config.shape();
    this.ropeTheta = config.attention().rope().theta();
    this.weights = SafeTensors.read("model.safetensors", files.get("model.safetensors"));
  }

  /** [position][vocabulary] */
  double[][] logits(int[] ids) {
    double[][] hidden = hidden(ids);
    String head =
        weights.containsKey("lm_head.weight") ? "lm_head.weight" : "model.embed_tokens.weight";
    double[][] logits = new double[ids.length][];
    for (int t = 0; t < ids.length; t++) {
      logits[t] = times(head, hidden[t]);
    }
    return logits;
  }

  double score(int[] ids) {
    return times("score.weight", hidden(ids)[ids.length - 1])[0];
  }

  double[] logProbs(Sequence sequence, double temperature) {
    int[] ids = new int[sequence.length()];
    System.arraycopy(sequence.prompt(), 0, ids, 0, sequence.prompt().length);
    System.arraycopy(
        sequence.completion(), 0, ids, sequence.prompt().length, sequence.completion().length);
    double[][] logits = logits(ids);
    double[] found = new double[sequence.completion().length];
    for (int t = 0; t < found.length; t++) {
      double[] row = logits[sequence.prompt().length - 1 + t];
      double sum = 0;
      for (double logit : row) {
        sum += Math.exp(logit / temperature);
      }
      found[t] = row[sequence.completion()[t]] / temperature - Math.log(sum);
    }
    return found;
  }

  private double[][] hidden(int[] ids) {
    int length = ids.length;
    double[][] x = new double[length][];
    for (int t = 0; t < length; t++) {
      x[t] = new double[c.hiddenSize()];
      for (int j = 0; j < c.hiddenSize(); j++) {
        x[t][j] = at("model.embed_tokens.weight", ids[t] * c.hiddenSize() + j);
      }
    }
    for (int layer = 0; layer < c.layers(); layer++) {
      String name = "model.layers." + layer + ".";
      double[][] q = new double[length][];
      double[][] k = new double[length][];
      double[][] v = new double[length][];
      for (int t = 0; t < length; t++) {
        double[] h = rms(name + "input_layernorm.weight", x[t]);
        q[t] = rotated(times(name + "self_attn.q_proj.weight", h), t);
        k[t] = rotated(times(name + "self_attn.k_proj.weight", h), t);
        v[t] = times(name + "self_attn.v_proj.weight", h);
      }
      for (int t = 0; t < length; t++) {
        add(x[t], times(name + "self_attn.o_proj.weight", attended(q[t], k, v, t)));
        double[] h = rms(name + "post_attention_layernorm.weight", x[t]);
        double[] gate = times(name + "mlp.gate_proj.weight", h);
        double[] up = times(name + "mlp.up_proj.weight", h);
        for (int j = 0; j < gate.length; j++) {
          up[j] *= gate[j] / (1 + Math.exp(-gate[j]));
        }
        add(x[t], times(name + "mlp.down_proj.weight", up));
      }
    }
    for (int t = 0; t < length; t++) {
      x[t] = rms("model.norm.weight", x[t]);
    }
    return x;
  }

  private double[] attended(double[] q, double[][] k, double[][] v, int t) {
    int d = c.headDim();
    double[] out = new double[c.heads() * d];
    for (int head = 0; head < c.heads(); head++) {
      int shared = head / (c.heads() / c.kvHeads());
      double[] weight = new double[t + 1];
      double sum = 0;
      for (int s = 0; s <= t; s++) {
        double dot = 0;
        for (int j = 0; j < d; j++) {
          dot += q[head * d + j] * k[s][shared * d + j];
        }
        weight[s] = Math.exp(dot / Math.sqrt(d));
        sum += weight[s];
      }
      for (int s = 0; s <= t; s++) {
        for (int j = 0; j < d; j++) {
          out[head * d + j] += weight[s] / sum * v[s][shared * d + j];
        }
      }
    }
    return out;
  }

  private double[] rotated(double[] x, int position) {
    int d = c.headDim();
    double[] y = new double[x.length];
    for (int head = 0; head < x.length / d; head++) {
      for (int i = 0; i < d / 2; i++) {
        double angle = position * Math.pow(ropeTheta, -2.0 * i / d);
        double a = x[head * d + i];
        double b = x[head * d + i + d / 2];
        y[head * d + i] = a * Math.cos(angle) - b * Math.sin(angle);
        y[head * d + i + d / 2] = b * Math.cos(angle) + a * Math.sin(angle);
      }
    }
    return y;
  }

  private double[] rms(String name, double[] x) {
    double mean = 0;
    for (double value : x) {
      mean += value * value / x.length;
    }
    double[] y = new double[x.length];
    for (int j = 0; j < x.length; j++) {
      y[j] = x[j] / Math.sqrt(mean + c.rmsNormEps()) * at(name, j);
    }
    return y;
  }

  private double[] times(String name, double[] x) {
    double[] y = new double[(int) weights.get(name).shape()[0]];
    for (int i = 0; i < y.length; i++) {
      for (int j = 0; j < x.length; j++) {
        y[i] += at(name, i * x.length + j) * x[j];
      }
    }
    return y;
  }

  private double at(String name, int index) {
    return values.computeIfAbsent(name, n -> weights.get(n).values()).get(index);
  }

  private static void add(double[] x, double[] more) {
    for (int j = 0; j < x.length; j++) {
      x[j] += more[j];
    }
  }
}

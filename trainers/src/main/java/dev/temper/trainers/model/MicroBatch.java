package dev.temper.trainers.model;

import ai.djl.ndarray.NDList;
import java.util.Map;

/**
 * What one micro-batch adds to an optimizer step.
 *
 * @param gradients one for each weight
 */
record MicroBatch(double loss, Map<String, Double> metrics, NDList gradients) {}

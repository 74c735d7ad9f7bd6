/** Policy losses on log-probabilities of sampled tokens. */
package dev.temper.trainers.loss;

/** Estimators of KL(policy || reference) from samples of the policy, and the penalty on rewards. */
package dev.temper.trainers.kl;

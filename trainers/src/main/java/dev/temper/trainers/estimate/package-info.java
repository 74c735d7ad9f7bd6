/** Estimates with their errors: means over prompts, paired differences, best-of-n, peaks. */
package dev.temper.trainers.estimate;
